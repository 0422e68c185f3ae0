import type {Answer} from "./observed/models.ts";

/** A request that someone typed, once it has ended. */
export interface Typed {
  readonly atMs: number;
  readonly place: string;
  /** Where DNS had sent them. */
  readonly region: string;
  readonly outcome: "served" | "cancelled" | "failed";
  /** Which model host answered, where one did. */
  readonly answer: Answer | undefined;
}

/** What people had lately, as they saw it and not as proxies count it: nobody counts at a region that is lost. */
export interface Seen {
  /** Of the requests that they waited for, 0 to 1. */
  readonly failed: number;
  /** The same of those whom DNS had sent to a region. */
  readonly failedIn: Readonly<Record<string, number>>;
  readonly arcs: readonly Arc[];
  readonly answers: readonly Answer[];
}

/** Requests a second from a place to the region that serves it. */
export interface Arc {
  readonly place: string;
  readonly region: string;
  readonly perS: number;
}

/** Over which time what people had is told. */
const WINDOW_MS = 5000;

export interface People {
  ended(typed: Typed): void;
  seen(): Seen;
}

/** Remembers what people had. */
export function createPeople(now: () => number = () => performance.now()): People {
  let typed: Typed[] = [];
  return {
    ended: (one) => void typed.push(one),
    seen() {
      typed = typed.filter(({atMs}) => atMs > now() - WINDOW_MS);
      return seenOf(typed, WINDOW_MS);
    },
  };
}

export function seenOf(typed: readonly Typed[], windowMs: number): Seen {
  const byRegion = Map.groupBy(typed, ({region}) => region);
  const byArc = Map.groupBy(typed, ({place, region}) => `${place} ${region}`);
  return {
    failed: failedOf(typed),
    failedIn: Object.fromEntries([...byRegion].map(([name, all]) => [name, failedOf(all)])),
    arcs: [...byArc.values()].map((all) => {
      const {place, region} = all[0]!;
      return {place, region, perS: (1000 * all.length) / windowMs};
    }),
    answers: typed.flatMap(({answer}) => answer ?? []),
  };
}

function failedOf(typed: readonly Typed[]): number {
  const waitedFor = typed.filter(({outcome}) => outcome !== "cancelled");
  const failed = waitedFor.filter(({outcome}) => outcome === "failed");
  return waitedFor.length === 0 ? 0 : failed.length / waitedFor.length;
}
