/** What runs an engine: real time, or a simulation of it. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  after(ms: number, run: () => void): void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => void setTimeout(run, ms),
};

/** Time that passes only by what is to happen in it. */
export interface SimulatedClock extends Clock {
  /** Lets all happen that is due, in its order, until nothing is left. */
  run(): void;
}

interface Event {
  readonly atMs: number;
  /** Of two at the same time the one that was asked for first happens first. */
  readonly number: number;
  readonly run: () => void;
}

export function createSimulatedClock(): SimulatedClock {
  const heap: Event[] = [];
  let nowMs = 0;
  let asked = 0;

  const isEarlier = (one: Event, other: Event) =>
    one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number);

  function swap(one: number, other: number) {
    [heap[one], heap[other]] = [heap[other]!, heap[one]!];
  }

  function push(event: Event) {
    let at = heap.push(event) - 1;
    for (let up = (at - 1) >> 1; at > 0 && isEarlier(event, heap[up]!); up = (at - 1) >> 1) {
      swap(at, up);
      at = up;
    }
  }

  function pop(): Event | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || !last) return first;
    heap[0] = last;
    for (let at = 0, next = least(at); next !== at; at = next, next = least(at)) swap(at, next);
    return first;
  }

  /** Of one and the two below it. */
  function least(at: number): number {
    const below = [2 * at + 1, 2 * at + 2].filter((one) => one < heap.length);
    return below.reduce((best, one) => (isEarlier(heap[one]!, heap[best]!) ? one : best), at);
  }

  return {
    now: () => nowMs,
    after: (ms, run) => push({atMs: nowMs + Math.max(0, ms), number: asked++, run}),
    run: () => {
      for (let event = pop(); event; event = pop()) {
        nowMs = event.atMs;
        event.run();
      }
    },
  };
}
