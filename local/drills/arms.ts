import type {PodReading} from "../console/observed/reading.ts";

/** What people made of answers: waited until they were whole, or left them. */
export interface Taken {
  readonly whole: number;
  readonly left: number;
}

/** Of an arm, `experiment/arm`, as all proxies count it. */
export function takenOf(arm: string, pods: readonly Pick<PodReading, "samples">[]): Taken {
  const own = pods
    .flatMap(({samples}) => samples)
    .filter(({name, labels}) => name === "meridian_requests_total" && labels.arm === arm);
  const count = (outcome: string) =>
    own.filter(({labels}) => labels.outcome === outcome).reduce((sum, {value}) => sum + value, 0);
  return {whole: count("success"), left: count("cancelled")};
}

/** The share of answers that people waited for, 0 to 1. */
export const shareOf = ({whole, left}: Taken): number => whole / Math.max(1, whole + left);

/** Fewer say nothing yet. */
const LEAST = 30;
/** By so many standard errors less is hardly chance, even to who looks again and again. */
const ERRORS = 4;

/** Whether people take fewer of an arm's answers than of another's: two proportions, pooled. */
export function isWorse(arm: Taken, other: Taken): boolean {
  const [ours, theirs] = [arm, other].map(({whole, left}) => whole + left) as [number, number];
  if (Math.min(ours, theirs) < LEAST) return false;
  const all = (arm.whole + other.whole) / (ours + theirs);
  const error = Math.sqrt(all * (1 - all) * (1 / ours + 1 / theirs));
  return shareOf(other) - shareOf(arm) > ERRORS * error;
}
