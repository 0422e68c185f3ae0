import type {Clock} from "../../cloud/models/batching/clock.ts";
import type {EngineState} from "../../cloud/models/batching/engine.ts";
import {seeded} from "../../editor/strokes.ts";
import type {Hedging} from "./hedging.ts";
import type {TracedRequest} from "./trace.ts";

/** How one proxy shares requests among replicas, which are numbered from 0. */
export interface Router {
  /** Replicas to ask, the first one first. */
  choose(request: TracedRequest): readonly number[];
  began(replica: number): void;
  /** Since it was asked. */
  answered(replica: number, firstByteMs: number): void;
  /** `unansweredMs`: so long it was waited for in vain; 0 where its answer had begun. */
  ended(replica: number, unansweredMs: number): void;
  /** What a replica tells of its queue, each second. */
  said(replica: number, queue: Pick<EngineState, "running" | "waiting" | "usage">): void;
  /** Where late requests are asked of a second replica. */
  readonly hedging?: Hedging | undefined;
}

/** `seed`: each proxy draws by itself. */
export type MakeRouter = (options: {replicas: number; seed: number; clock: Clock}) => Router;

const unheard = {began: () => {}, answered: () => {}, ended: () => {}, said: () => {}};

/** One after the other: what a headless Service's names do by themselves. */
export const roundRobin: MakeRouter = ({replicas, seed}) => {
  let turn = seed;
  return {...unheard, choose: () => [turn++ % replicas]};
};

/** The one of which this proxy knows the fewest requests under way; of equals any. */
export const leastUnderWay: MakeRouter = ({replicas, seed}) => {
  const random = seeded(seed);
  const underWay = Array.from({length: replicas}, () => 0);
  return {
    ...unheard,
    choose: () => {
      const least = Math.min(...underWay);
      const idle = underWay.flatMap((count, replica) => (count === least ? [replica] : []));
      return [idle[Math.floor(random() * idle.length)]!];
    },
    began: (replica) => void underWay[replica]!++,
    ended: (replica) => void underWay[replica]!--,
  };
};
