import type {ModelHost} from "../../cloud/models/host.ts";
import type {Asked} from "../../editor/editor.ts";
import {receive} from "../../editor/received.ts";
import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {createFollowingEditor, type FollowingEditor} from "../world/following-editor.ts";
import {type RunningWorld, requestsOf} from "../world/world.ts";
import {BadRequest} from "./server.ts";
import {endOf, type NumberedStep, noteOf, type Step, wayOf} from "./steps.ts";

/** People who type in open pages: one each, at the place that was last chosen there. */
export interface Typing {
  /** Cancels the page's last request and sends another. Without a prompt it only cancels. */
  type(key: {page: string; place: string; model: string; prompt: string}): void;
  /** The page is closed. */
  leave(page: string): void;
}

interface Typist {
  readonly place: string;
  readonly model: string;
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
  const hosts = running.regions.flatMap(({model, others}) => [model, ...others]);
  const typists = new Map<string, Typist>();
  let persons = 0;

  function typistAt(page: string, place: string, model: string): Typist {
    const found = typists.get(page);
    if (found?.place === place && found.model === model) return found;
    if (!placeByCode(place)) throw new BadRequest(`"${place}" is not a place`);
    if (!Object.hasOwn(world.models, model)) throw new BadRequest(`"${model}" is not a model`);
    leave(page);
    const {credential} = people[persons++ % people.length]!;
    const options = {world, running, place, credential, model, follows: "at once"} as const;
    const at = createFollowingEditor(options);
    // Counted on: what is still told of the last one's requests is older than whatever is told of this one's.
    const requests = found?.requests ?? 0;
    const typist = {place, model, at, left: new AbortController(), requests};
    typists.set(page, typist);
    return typist;
  }

  async function send(page: string, prompt: string, typist: Typist) {
    const {at, left} = typist;
    const number = ++typist.requests;
    const told = (step: Step) => tell(page, {number, region: at.region, ...step});
    try {
      const asked = await at.editor.ask(prompt, {left: left.signal});
      const way = () => wayOf(requestsOf(running, asked.id));
      await tellSteps(asked, {left: left.signal, hosts, way, tell: told});
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
    type({page, place, model, prompt}) {
      const typist = typistAt(page, place, model);
      typist.left.abort();
      typist.left = new AbortController();
      if (prompt.trim() !== "") void send(page, prompt, typist);
    },
    leave,
  };
}

/** How long a model host may take to hear of a cancel. */
const HEARD_WITHIN_MS = 1000;

interface StepsOptions {
  /** Aborted when the request is cancelled. */
  readonly left: AbortSignal;
  readonly hosts: readonly ModelHost[];
  /** Which hosts were asked, and how. */
  readonly way: () => string;
  readonly tell: (step: Step) => void;
}

/** Tells each step of a request until its stream is closed, and what came of a cancel. */
async function tellSteps({id, stream}: Asked, {left, hosts, way, tell}: StepsOptions) {
  const sentMs = performance.now();
  let text = "";
  let cancelledMs: number | undefined;
  // After a cancel its own time counts, however long it takes to hear what came of it.
  const told = (step: Step["step"], note = "") =>
    tell({ms: (cancelledMs ?? performance.now()) - sentMs, step, text, note});
  const cancelled = () => {
    cancelledMs = performance.now();
    told("cancelled");
  };
  told("sent");
  if (left.aborted) cancelled();
  else left.addEventListener("abort", cancelled);
  const received = await receive(stream, (piece) => {
    text += piece;
    if (cancelledMs === undefined) told("streaming");
  });
  left.removeEventListener("abort", cancelled);
  if (cancelledMs !== undefined)
    return told("stopped", noteOf(await heardOf(hosts, id, cancelledMs), text !== ""));
  const [step, note] = endOf(received.status, received.code, received.text);
  told(step, [note, way()].filter(Boolean).join("; "));
}

/** How long after its cancel a model host stopped; undefined where none was at work on the request. */
async function heardOf(hosts: readonly ModelHost[], id: string, atMs: number) {
  try {
    const heard = hosts.map((host) => host.cancelled(id, HEARD_WITHIN_MS));
    return (await Promise.any(heard)) - performance.timeOrigin - atMs;
  } catch {
    return undefined;
  }
}
