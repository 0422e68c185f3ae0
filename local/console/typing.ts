import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {createSeat} from "../world/following-editor.ts";
import type {RunningWorld} from "../world/world.ts";
import type {Step} from "./fate.ts";
import {createKeyboard, type Keyboard} from "./keyboard.ts";
import {BadRequest} from "./server.ts";

/** The keyboards of open pages: one each, at the place that was last chosen there. */
export interface Typing {
  type(key: {page: string; place: string; prompt: string}): void;
  /** The page is closed. */
  leave(page: string): void;
}

export function createTyping({
  world,
  running,
  tell,
}: {
  world: World;
  running: RunningWorld;
  tell: (page: string, step: Step) => void;
}): Typing {
  const open = new Map<string, {place: string; keyboard: Keyboard}>();
  const hosts = running.regions.map(({model}) => model);
  let persons = 0;

  function keyboardAt(page: string, place: string): Keyboard {
    const found = open.get(page);
    if (found?.place === place) return found.keyboard;
    if (!placeByCode(place)) throw new BadRequest(`"${place}" is not a place`);
    found?.keyboard.close();
    const seat = createSeat({world, running, place, person: persons++});
    const keyboard = createKeyboard({seat, hosts, tell: (step) => tell(page, step)});
    open.set(page, {place, keyboard});
    return keyboard;
  }

  return {
    type: ({page, place, prompt}) => keyboardAt(page, place).type(prompt),
    leave: (page) => {
      open.get(page)?.keyboard.close();
      open.delete(page);
    },
  };
}
