import {request} from "node:https";
import type {Endpoint} from "../../cloud/balancer.ts";
import type {Monitor} from "./traffic.ts";

/** Traffic Manager's health checks of external endpoints. */
export interface Probes {
  /** Online until it has failed more often in a row than its monitor tolerates. */
  healthy(target: string): boolean;
  close(): void;
}

/**
 * Probes each target by HTTPS as its monitor says. Certificates are not validated and only 200 is
 * well, as in Traffic Manager. https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
 */
export function startProbes({
  targets,
  lost = () => false,
  reach,
  changed,
  intervalMs,
}: {
  targets: ReadonlyMap<string, Monitor>;
  /** Whether a probe of a target is lost on its way. */
  lost?: (target: string) => boolean;
  /** Where the world serves a target. */
  reach: (target: string) => Endpoint;
  changed: (target: string, healthy: boolean) => void;
  /** Instead of the monitor's, for those who cannot wait. */
  intervalMs?: number;
}): Probes {
  const failures = new Map<string, number>();
  const tolerated = (target: string) => targets.get(target)?.toleratedNumberOfFailures ?? 3;
  const healthy = (target: string) => (failures.get(target) ?? 0) <= tolerated(target);

  async function probe(target: string, monitor: Monitor) {
    const was = healthy(target);
    const well = !lost(target) && (await isWell(reach(target), target, monitor));
    failures.set(target, well ? 0 : (failures.get(target) ?? 0) + 1);
    if (healthy(target) !== was) changed(target, healthy(target));
  }

  const timers = [...targets].map(([target, monitor]) => {
    const everyMs = intervalMs ?? (monitor.intervalInSeconds ?? 30) * 1000;
    const timer = setInterval(probe, everyMs, target, monitor);
    void probe(target, monitor);
    return timer;
  });

  return {
    healthy,
    close: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** One probe of a target that is reached at an address of the world's. */
export function isWell(
  {host, port}: Endpoint,
  target: string,
  monitor: Pick<Monitor, "path" | "timeoutInSeconds" | "customHeaders">,
): Promise<boolean> {
  const {path, timeoutInSeconds = 9, customHeaders = []} = monitor;
  const headers = Object.fromEntries(
    customHeaders.map(({name, value}) => [name.toLowerCase(), value]),
  );
  return new Promise((resolve) => {
    const asked = request({
      host,
      port,
      path,
      servername: headers.host ?? target,
      headers: {host: target, ...headers},
      rejectUnauthorized: false,
      timeout: timeoutInSeconds * 1000,
      agent: false,
    });
    asked.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
    asked.end();
  });
}
