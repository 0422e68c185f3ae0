import {median} from "../numbers.ts";
import type {Sample} from "./sample.ts";

export interface Check {
  readonly what: string;
  readonly held: boolean;
}

/** Between the halves of what comes after the warm-up; a proxy's heap breathes by more than a leak of this. */
const MAX_MEMORY_GROWTH = 0.1;
/** Sessions and connections come and go by chance. */
const MAX_HANDLE_GROWTH = 0.15;
/** The first part, in which caches, pools and heaps fill. */
const WARM = 0.2;

/** Whether the world was the same at the end as in the middle: of memory and handles, medians of the halves. */
export function verdict(samples: readonly Sample[]): Check[] {
  const after = samples.slice(Math.ceil(samples.length * WARM));
  const middle = after.length >> 1;
  const growthOf = (value: (sample: Sample) => number) => {
    const [first, last] = [after.slice(0, middle), after.slice(middle)];
    return median(last.map(value)) / median(first.map(value)) - 1;
  };
  const steady = (what: string, value: (sample: Sample) => number, most: number): Check => {
    const growth = growthOf(value);
    return {
      what: `${what} ${growth < 0 ? "fell" : "grew"} by ${Math.abs(100 * growth).toFixed(1)} % from half to half (at most ${100 * most} %)`,
      held: growth <= most,
    };
  };
  const sum = (value: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + value(sample), 0);
  const failed = sum((sample) => sample.failed);
  return [
    steady("memory of the proxies", ({proxyMb}) => proxyMb, MAX_MEMORY_GROWTH),
    steady("memory of the edges", ({edgeMb}) => edgeMb, MAX_MEMORY_GROWTH),
    steady("handles of the proxies", ({handles}) => handles, MAX_HANDLE_GROWTH),
    steady("sessions to model hosts", ({sessions}) => sessions, MAX_HANDLE_GROWTH),
    {what: `${failed} of ${sum(({requests}) => requests)} requests failed`, held: failed === 0},
  ];
}
