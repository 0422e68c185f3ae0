import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {isAlert} from "../../infra/alerts/rule.ts";
import {groupsOf} from "../../infra/alerts/world.ts";
import type {World} from "../../regions/world.ts";
import {
  findPrometheus,
  NO_PROMETHEUS,
  type Prometheus,
  startPrometheus,
} from "../../setup/prometheus.ts";
import {until} from "../../setup/until.ts";
import {targetsOf} from "../console/targets.ts";
import type {RunningWorld} from "../world/world.ts";

/** A Prometheus asks its targets once a second. */
const SEEN_WITHIN_MS = 15_000;

/**
 * The regions in which an alert's own expression holds, by a real Prometheus beside the world, once it holds in all
 * of `regions` or its time is over; or why nothing can be said.
 */
export async function firing({
  world,
  running,
  alert,
  regions,
}: {
  world: World;
  running: RunningWorld;
  alert: string;
  regions: readonly string[];
}): Promise<readonly string[] | string> {
  const program = findPrometheus();
  if (!program) return NO_PROMETHEUS;
  const folder = mkdtempSync(join(tmpdir(), "meridian-alarm-"));
  const asked = await startPrometheus({program, folder, targets: targetsOf(running)});
  try {
    let holding: string[] = [];
    const all = async () => {
      holding = await holdingIn(asked, world, alert);
      return regions.every((region) => holding.includes(region));
    };
    await until(all, {what: alert, withinMs: SEEN_WITHIN_MS, everyMs: 500}).catch(() => {});
    return holding;
  } finally {
    await asked.stop();
    rmSync(folder, {recursive: true, force: true});
  }
}

async function holdingIn(asked: Prometheus, world: World, alert: string): Promise<string[]> {
  const rules = groupsOf(world).flatMap(({rules}) => rules.filter(isAlert));
  const expressions = rules.filter((rule) => rule.alert === alert).map((rule) => rule.expression);
  const series = (await Promise.all(expressions.map(asked.query))).flat();
  return [...new Set(series.map(({metric}) => metric.region!))];
}
