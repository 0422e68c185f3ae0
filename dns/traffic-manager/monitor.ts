import type {World} from "../../regions/world.ts";

/** A Traffic Manager profile's health checks, in the words of azure-native. */
export interface Monitor {
  readonly protocol: "HTTPS";
  readonly port: number;
  readonly path: string;
  readonly intervalInSeconds: number;
  readonly timeoutInSeconds: number;
  readonly toleratedNumberOfFailures: number;
  readonly customHeaders: readonly {readonly name: string; readonly value: string}[];
}

/** How Traffic Manager probes regions; octoDNS's Azure provider gets the same settings. */
export const monitorOf = ({service}: World): Monitor => ({
  protocol: "HTTPS",
  port: 443,
  path: "/healthz",
  intervalInSeconds: PROBE_S,
  timeoutInSeconds: 5,
  toleratedNumberOfFailures: toleratedFailures(service.objective.windowMs),
  customHeaders: [{name: "Host", value: service.hostname}],
});

/** Traffic Manager offers 10 and 30 seconds. */
const PROBE_S = 10;

/**
 * A region that fails its probes is out within half of the objective's window; its proxies have already
 * judged over the whole window before they fail them. Traffic Manager takes 0 to 9.
 */
function toleratedFailures(windowMs: number): number {
  return Math.min(9, Math.max(0, Math.floor(windowMs / 2000 / PROBE_S) - 1));
}
