import {monitorOf} from "../dns/monitor.ts";
import type {World} from "../regions/world.ts";
import type {Loss} from "./region-loss.ts";

/** Bounds of each step by the formula, in milliseconds. */
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

/** A loss as a timeline, with what the formula says beside what was measured. */
export function timeline(world: World, loss: Loss): string {
  const {region, votedOutMs, outOfDnsMs, movedMs, clients, served, cut, failed, failure} = loss;
  const {outOfDnsMs: bounds, movedMs: latest} = expected(world, votedOutMs);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const line = (ms: number, what: string, by: string) =>
    `${seconds(ms).padStart(8)}  ${what.padEnd(44)}${by}`.trimEnd();
  return [
    line(0, `${region}'s model host is lost, ${clients} clients on it`, ""),
    line(votedOutMs, "the region votes itself out", ""),
    line(outOfDnsMs, "DNS answers other regions", `by formula ${bounds.map(seconds).join(" to ")}`),
    line(movedMs, "the last client has moved", `by formula at most ${seconds(latest)}`),
    "",
    `${served} completions served meanwhile, ${failed} failed${failure ? ` (the first: ${failure})` : ""}; ${cut} were under way when it was lost.`,
    "",
  ].join("\n");
}
