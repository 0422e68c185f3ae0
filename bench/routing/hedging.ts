import type {Clock} from "../../cloud/models/batching/clock.ts";
import {createLanes} from "../../proxy/relay/hedge/lanes.ts";

/** A request whose first byte has not come. */
export interface Waiter {
  readonly arrivedMs: number;
  /** Replicas that it may still be asked of, the first one first. */
  readonly left: readonly number[];
  isOpen(): boolean;
  /** Asks a second replica. */
  again(replica: number): void;
}

export interface Hedging {
  wait(waiter: Waiter): void;
  answered(firstByteMs: number): void;
}

/** As proxy/relay/relay.ts looks. */
const EVERY_MS = 20;
/** Nobody is looked for for longer. */
const LOOKED_FOR_MS = 5000;

/** When a second replica is asked, by the proxy's own pace and budget; in the order of proxy/relay/hedge/hedging.ts. */
export function createHedging({
  share,
  clock,
  hasSpare,
}: {
  /** Of requests. */
  share: number;
  clock: Clock;
  hasSpare: (replica: number) => boolean;
}): Hedging {
  const lane = createLanes<Waiter>(clock.now).of("coder", "completion");
  let lookedForUntilMs = Number.NEGATIVE_INFINITY;
  let isLooking = false;

  function look() {
    lane.late(hedge);
    isLooking = clock.now() < lookedForUntilMs;
    if (isLooking) clock.after(EVERY_MS, look);
  }

  function hedge(waiter: Waiter) {
    if (!waiter.isOpen() || lane.budget.rests) return;
    const other = waiter.left.find(hasSpare);
    if (other !== undefined && lane.budget.spend()) waiter.again(other);
  }

  return {
    wait: (waiter) => {
      lane.budget.earn(share);
      lane.join(waiter);
      lookedForUntilMs = clock.now() + LOOKED_FOR_MS;
      if (isLooking) return;
      isLooking = true;
      clock.after(EVERY_MS, look);
    },
    answered: lane.pace.add,
  };
}
