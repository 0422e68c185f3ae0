import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {createFollowingEditor} from "../world/following-editor.ts";
import type {RunningWorld} from "../world/world.ts";
import {BadRequest} from "./server.ts";
import {type Step, tellSteps} from "./steps.ts";

/** People who type in open pages: one each, at the place that was last chosen there. */
export interface Typing {
  /** Cancels the page's request before it, and sends another. Without a prompt it only cancels. */
  type(key: {page: string; place: string; prompt: string}): void;
  /** The page is closed. */
  leave(page: string): void;
}

/** A step of one of a page's requests, which are numbered from 1. */
export interface NumberedStep extends Step {
  readonly number: number;
  readonly region: string | undefined;
}

interface Keyboard {
  readonly place: string;
  type(prompt: string): void;
  close(): void;
}

interface TypingOptions {
  readonly world: World;
  readonly running: RunningWorld;
  readonly tell: (page: string, step: NumberedStep) => void;
}

export function createTyping({world, running, tell}: TypingOptions): Typing {
  const open = new Map<string, Keyboard>();
  let persons = 0;

  function keyboardAt(page: string, place: string): Keyboard {
    const found = open.get(page);
    if (found?.place === place) return found;
    if (!placeByCode(place)) throw new BadRequest(`"${place}" is not a place`);
    found?.close();
    const toPage = (step: NumberedStep) => tell(page, step);
    const keyboard = createKeyboard({world, running, tell: toPage}, place, persons++);
    open.set(page, keyboard);
    return keyboard;
  }

  return {
    type: ({page, place, prompt}) => keyboardAt(page, place).type(prompt),
    leave: (page) => {
      open.get(page)?.close();
      open.delete(page);
    },
  };
}

function createKeyboard(
  {world, running, tell}: Omit<TypingOptions, "tell"> & {tell: (step: NumberedStep) => void},
  place: string,
  person: number,
): Keyboard {
  const {credential} = running.people[person % running.people.length]!;
  const at = createFollowingEditor({world, running, place, credential, follows: "at once"});
  const hosts = running.regions.map(({model}) => model);
  let left = new AbortController();
  let count = 0;

  function type(prompt: string) {
    left.abort();
    left = new AbortController();
    if (prompt.trim() !== "") void send(prompt, ++count, left.signal);
  }

  async function send(prompt: string, number: number, left: AbortSignal) {
    const told = (step: Step) => tell({number, region: at.region, ...step});
    try {
      await tellSteps(await at.editor.ask(prompt, {left}), {left, hosts, tell: told});
    } catch (error) {
      told({ms: 0, step: "refused", text: "", note: (error as Error).message.trim()});
    }
  }

  return {
    place,
    type,
    close: () => {
      left.abort();
      at.editor.close();
    },
  };
}
