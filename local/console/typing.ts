import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {createFollowingEditor, type FollowingEditor} from "../world/following-editor.ts";
import type {RunningWorld} from "../world/world.ts";
import {BadRequest} from "./server.ts";
import {type Step, tellSteps} from "./steps.ts";

/** People who type in open pages: one each, at the place that was last chosen there. */
export interface Typing {
  /** Cancels the page's last request and sends another. Without a prompt it only cancels. */
  type(key: {page: string; place: string; prompt: string}): void;
  /** The page is closed. */
  leave(page: string): void;
}

/** A step of one of a page's requests, which are numbered from 1. */
export interface NumberedStep extends Step {
  readonly number: number;
  readonly region: string | undefined;
}

interface Typist {
  readonly place: string;
  readonly at: FollowingEditor;
  /** Cancels the last request. */
  left: AbortController;
  requests: number;
}

export function createTyping({
  world,
  running,
  tell,
}: {
  world: World;
  running: RunningWorld;
  tell: (page: string, step: NumberedStep) => void;
}): Typing {
  const {people} = running;
  const hosts = running.regions.map(({model}) => model);
  const typists = new Map<string, Typist>();
  let persons = 0;

  function typistAt(page: string, place: string): Typist {
    const found = typists.get(page);
    if (found?.place === place) return found;
    if (!placeByCode(place)) throw new BadRequest(`"${place}" is not a place`);
    leave(page);
    const {credential} = people[persons++ % people.length]!;
    const at = createFollowingEditor({world, running, place, credential, follows: "at once"});
    const typist = {place, at, left: new AbortController(), requests: 0};
    typists.set(page, typist);
    return typist;
  }

  async function send(page: string, prompt: string, typist: Typist) {
    const {at, left} = typist;
    const number = ++typist.requests;
    const told = (step: Step) => tell(page, {number, region: at.region, ...step});
    try {
      const asked = await at.editor.ask(prompt, {left: left.signal});
      await tellSteps(asked, {left: left.signal, hosts, tell: told});
    } catch (error) {
      told({ms: 0, step: "refused", text: "", note: (error as Error).message.trim()});
    }
  }

  function leave(page: string) {
    const typist = typists.get(page);
    typist?.left.abort();
    typist?.at.editor.connections.close();
    typists.delete(page);
  }

  return {
    type({page, place, prompt}) {
      const typist = typistAt(page, place);
      typist.left.abort();
      typist.left = new AbortController();
      if (prompt.trim() !== "") void send(page, prompt, typist);
    },
    leave,
  };
}
