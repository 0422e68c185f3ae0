import {monitorOf} from "../../dns/traffic-manager/monitor.ts";
import type {World} from "../../regions/world.ts";

/** Bounds of each step after a loss, in milliseconds from it. */
export interface Expected {
  readonly outOfDnsMs: readonly [least: number, most: number];
  readonly movedMs: number;
}

/**
 * A region is out when it has failed more probes in a row than are tolerated: the first of them comes
 * within an interval of its vote, and each may take as long as its timeout. Clients know when their
 * answers' TTL is over.
 */
export function expected(world: World, votedOutMs: number): Expected {
  const {intervalInSeconds, timeoutInSeconds, toleratedNumberOfFailures} = monitorOf(world);
  const least = votedOutMs + 1000 * intervalInSeconds * toleratedNumberOfFailures;
  const most = least + 1000 * (intervalInSeconds + timeoutInSeconds);
  return {outOfDnsMs: [least, most], movedMs: most + 1000 * world.service.ttlS};
}

/** In words, beside what is measured. */
export function inWords({outOfDnsMs: [least, most], movedMs}: Expected): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return `by formula DNS follows at ${seconds(least)} to ${seconds(most)}, the last user by ${seconds(movedMs)}`;
}
