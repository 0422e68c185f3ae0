import {planOf} from "../../dns/plan.ts";
import {startCrowd} from "../../editor/crowd.ts";
import type {Person} from "../../editor/person.ts";
import {replay, type Stroke, typing} from "../../editor/strokes.ts";
import type {TypedRequest} from "../../editor/tally.ts";
import type {World} from "../../regions/world.ts";
import {createFollowingEditor, type FollowingEditor} from "../world/following-editor.ts";
import type {RunningWorld} from "../world/world.ts";

/** The models': a completion then takes less than 200 ms on average, as those of the widely used service do. */
export const FIRST_BYTE_MS = 120;

/** Long enough to be missed; real weights take minutes. */
export const WEIGHTS_MS = 4000;

/** A dozen people who type without a pause ask more than the example's quota allows a minute. */
export const QUOTA_FACTOR = 100;

/** People of every pool who type and complete without end. */
export interface Load {
  readonly people: readonly Member[];
  /** Every request that has ended, in the order of their ends. */
  readonly requests: readonly TypedRequest[];
  stop(): Promise<void>;
}

export interface Member extends Pick<Person, "send">, Pick<FollowingEditor, "editor" | "reaches"> {
  /** The pool that serves their place. */
  readonly pool: string;
}

export interface LoadOptions {
  readonly world: World;
  readonly running: RunningWorld;
  readonly people: number;
  /** A recording that they type by, in place of the model of typing. */
  readonly trace?: readonly Stroke[] | undefined;
}

/** Spreads people over the pools. Half of them have the editor's first stack, half its second. */
export function startLoad({world, running, people, trace}: LoadOptions): Load {
  const homes = homesOf(world);
  const honest = running.people.slice(0, -1); // The last credential is kept for who does harm.
  const requests: TypedRequest[] = [];
  const members = Array.from({length: people}, (_, person) => {
    const {pool, place} = homes[person % homes.length]!;
    const {credential} = honest[person % honest.length]!;
    const stack = person % 2 === 0 ? 1 : 2;
    const follows = "when it connects";
    return {pool, ...createFollowingEditor({world, running, place, credential, stack, follows})};
  });
  const crowd = startCrowd({
    editors: members.map(({editor}) => editor),
    strokesOf: (random) =>
      trace ? replay(trace, Math.floor(random() * trace.length)) : typing(random),
    ended: (request) => requests.push(request),
  });
  return {
    people: members.map((member, person) => ({...member, send: crowd.people[person]!.send})),
    requests,
    stop: crowd.stop,
  };
}

/** The most populous place of each pool. */
function homesOf(world: World): {readonly pool: string; readonly place: string}[] {
  const rules = Map.groupBy(planOf(world).rules, ({chain}) => chain[0]!);
  return [...rules].map(([pool, rules]) => {
    const places = rules.flatMap(({places}) => places.map(({place}) => place));
    return {pool, place: places.toSorted((a, b) => b.population - a.population)[0]!.code};
  });
}
