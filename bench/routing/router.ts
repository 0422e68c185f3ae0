import {seeded} from "../../editor/strokes.ts";
import type {TracedRequest} from "./trace.ts";

/** How one proxy shares requests among replicas, which are numbered from 0. */
export interface Router {
  /** Replicas to ask, the first one first. */
  choose(request: TracedRequest): readonly number[];
  began(replica: number): void;
  answered(replica: number, firstByteMs: number): void;
  /** `unansweredMs`: so long it was waited for in vain; 0 where its answer had begun. */
  ended(replica: number, unansweredMs: number): void;
}

/** `seed`: each proxy draws by itself. */
export type MakeRouter = (options: {replicas: number; seed: number; now: () => number}) => Router;

const unheard = {began: () => {}, answered: () => {}, ended: () => {}};

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
