import {monitorOf} from "../../dns/traffic-manager/monitor.ts";
import type {World} from "../../regions/world.ts";

/** When each step after a loss should have happened, in milliseconds from the loss. */
export interface Expected {
  readonly outOfDnsMs: readonly [least: number, most: number];
  readonly movedMs: number;
}

/**
 * DNS leaves a region that has failed more probes in a row than are tolerated. The first of them comes
 * within an interval of its vote, and each may take as long as its timeout. Clients follow when the TTL of
 * the answer that they have is over.
 */
export function expected(world: World, votedOutMs: number): Expected {
  const {intervalInSeconds, timeoutInSeconds, toleratedNumberOfFailures} = monitorOf(world);
  const least = votedOutMs + 1000 * intervalInSeconds * toleratedNumberOfFailures;
  const most = least + 1000 * (intervalInSeconds + timeoutInSeconds);
  return {outOfDnsMs: [least, most], movedMs: most + 1000 * world.service.ttlS};
}

/** The same in words, to read beside what was measured. */
export function inWords({outOfDnsMs: [least, most], movedMs}: Expected): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return `by formula DNS follows at ${seconds(least)} to ${seconds(most)}, the last user by ${seconds(movedMs)}`;
}
