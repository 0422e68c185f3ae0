import {type Budget, createBudget} from "./budget.ts";
import {createPace, type Pace} from "./pace.ts";

/** Kinds of requests that somebody waits for, and whose first byte does not depend on how long a model thinks. */
export type LaneKind = "completion" | "next_edit";

/** Requests of one kind for one model, in the order in which they arrived. */
export interface Lane<Member> {
  readonly model: string;
  readonly pace: Pace;
  /** Shared by all of a model's. */
  readonly budget: Budget;
  join(member: Member): void;
  /** Those whose first byte is late, whether it has come meanwhile or not: each once. */
  late(tell: (member: Member) => void): void;
}

export interface Lanes<Member> {
  of(model: string, kind: LaneKind): Lane<Member>;
  all(): Iterable<Lane<Member>>;
}

/** Who has left goes to the end of the array's life: it is cut once so many have. */
const CUT_AT = 1024;

export function createLanes<Member extends {readonly arrivedMs: number}>(
  now: () => number,
): Lanes<Member> {
  const byModel = new Map<string, Record<LaneKind, Lane<Member>>>();
  const lanes: Lane<Member>[] = [];

  function open(model: string): Record<LaneKind, Lane<Member>> {
    const budget = createBudget(now);
    const opened = {
      completion: createLane<Member>(model, budget, now),
      next_edit: createLane<Member>(model, budget, now),
    };
    byModel.set(model, opened);
    lanes.push(...Object.values(opened));
    return opened;
  }

  return {
    of: (model, kind) => (byModel.get(model) ?? open(model))[kind],
    all: () => lanes,
  };
}

function createLane<Member extends {readonly arrivedMs: number}>(
  model: string,
  budget: Budget,
  now: () => number,
): Lane<Member> {
  const pace = createPace(now);
  let waiting: Member[] = [];
  let first = 0;

  function late(tell: (member: Member) => void) {
    if (first === waiting.length) return;
    const p95Ms = pace.p95Ms ?? 0;
    const sinceMs = now() - p95Ms;
    for (; first < waiting.length && waiting[first]!.arrivedMs <= sinceMs; first++)
      if (p95Ms > 0) tell(waiting[first]!);
    if (first < CUT_AT && first < waiting.length) return;
    waiting = waiting.slice(first);
    first = 0;
  }

  return {model, pace, budget, join: (member) => void waiting.push(member), late};
}
