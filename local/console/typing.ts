import type {ModelHost} from "../../cloud/models/host.ts";
import type {Asked} from "../../editor/editor.ts";
import {receive} from "../../editor/received.ts";
import {placeByCode} from "../../regions/places/places.ts";
import type {World} from "../../regions/world.ts";
import {createFollowingEditor, type FollowingEditor} from "../world/following-editor.ts";
import {type RunningWorld, requestsOf} from "../world/world.ts";
import {answerTo} from "./answers.ts";
import type {Answer} from "./observed/models.ts";
import type {Typed} from "./people.ts";
import {resolveTo} from "./region-dns.ts";
import {BadRequest} from "./server.ts";
import {endOf, type NumberedStep, noteOf, type Step, wayOf} from "./steps.ts";

/** People who type in open pages: one each, at the place that was last chosen there. */
export interface Typing {
  /** Cancels the page's last request and sends another. Without a prompt it only cancels. */
  type(key: Key): void;
  /** The page is closed. */
  leave(page: string): void;
}

export interface Key {
  readonly page: string;
  readonly place: string;
  /** The person is one of those whom DNS sends to this region, as long as there are any. */
  readonly region: string;
  readonly model: string;
  readonly prompt: string;
}

interface Typist {
  readonly key: Key;
  readonly at: FollowingEditor;
  /** Cancels the last request. */
  left: AbortController;
  requests: number;
}

export function createTyping({
  world,
  running,
  ended,
  tell,
}: {
  world: World;
  running: RunningWorld;
  ended: (typed: Typed) => void;
  tell: (page: string, step: NumberedStep) => void;
}): Typing {
  const {people} = running;
  const hosts = running.regions.flatMap(({model, others}) => [model, ...others]);
  const typists = new Map<string, Typist>();
  let persons = 0;

  function typistAt(key: Key): Typist {
    const {page, place, region, model} = key;
    const found = typists.get(page);
    if (found && isSame(found.key, key)) return found;
    const from = placeByCode(place);
    if (!from) throw new BadRequest(`"${place}" is not a place`);
    if (!Object.hasOwn(world.models, model)) throw new BadRequest(`"${model}" is not a model`);
    leave(page);
    const {credential} = people[persons++ % people.length]!;
    const options = {world, running, place, credential, model, follows: "at once"} as const;
    const lookUp = () => resolveTo(running, from, region);
    const at = createFollowingEditor({...options, lookUp});
    // Counted on: what is still told of the last one's requests is older than whatever is told of this one's.
    const requests = found?.requests ?? 0;
    const typist = {key, at, left: new AbortController(), requests};
    typists.set(page, typist);
    return typist;
  }

  async function send(prompt: string, typist: Typist) {
    const {at, left, key} = typist;
    const number = ++typist.requests;
    const told = (step: Step) => tell(key.page, {number, region: at.region, ...step});
    const end = (outcome: Typed["outcome"], answer?: Answer) =>
      ended({atMs: performance.now(), place: key.place, region: at.region ?? "", outcome, answer});
    try {
      const asked = await at.editor.ask(prompt, {left: left.signal});
      const way = () => wayOf(requestsOf(running, asked.id));
      const answer = () => answerTo(running, at.region ?? "", asked.id);
      const by = () => answer()?.host;
      const step = await tellSteps(asked, {left: left.signal, hosts, way, by, tell: told});
      end(OUTCOMES[step], step === "done" ? answer() : undefined);
    } catch (error) {
      told({ms: 0, step: "refused", text: "", note: (error as Error).message.trim()});
      end("failed");
    }
  }

  function leave(page: string) {
    const typist = typists.get(page);
    typist?.left.abort();
    typist?.at.editor.connections.close();
    typists.delete(page);
  }

  return {
    type(key) {
      const typist = typistAt(key);
      typist.left.abort();
      typist.left = new AbortController();
      if (key.prompt.trim() !== "") void send(key.prompt, typist);
    },
    leave,
  };
}

const isSame = (one: Key, other: Key) =>
  one.place === other.place && one.region === other.region && one.model === other.model;

const OUTCOMES = {done: "served", stopped: "cancelled", refused: "failed"} as const;

/** How long a model host may take to hear of a cancel. */
const HEARD_WITHIN_MS = 1000;

interface StepsOptions {
  /** Aborted when the request is cancelled. */
  readonly left: AbortSignal;
  readonly hosts: readonly ModelHost[];
  /** Which hosts were asked, and how. */
  readonly way: () => string;
  /** The region whose host answered. */
  readonly by: () => string | undefined;
  readonly tell: (step: Step) => void;
}

/** Tells each step of a request until its stream is closed, and what came of a cancel. Resolves to the last. */
async function tellSteps({id, stream}: Asked, {left, hosts, way, by, tell}: StepsOptions) {
  const sentMs = performance.now();
  let text = "";
  let cancelledMs: number | undefined;
  // After a cancel its own time counts, however long it takes to hear what came of it.
  const told = (step: Step["step"], more: Pick<Step, "by"> & {note?: string} = {}) =>
    tell({ms: (cancelledMs ?? performance.now()) - sentMs, step, text, note: "", ...more});
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
  if (cancelledMs !== undefined) {
    told("stopped", {note: noteOf(await heardOf(hosts, id, cancelledMs), text !== "")});
    return "stopped";
  }
  const [step, note] = endOf(received.status, received.code, received.text);
  told(step, {note: [note, way()].filter(Boolean).join("; "), by: by()});
  return step;
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
