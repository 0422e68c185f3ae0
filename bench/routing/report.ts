import {allButFirst, table} from "../../dns/table.ts";
import type {Comparison} from "./comparison.ts";
import type {RoutingFigures} from "./figures.ts";
import type {Setting} from "./setting.ts";

const COLUMNS: readonly (readonly [title: string, show: (figures: RoutingFigures) => string])[] = [
  ["first byte p50 ms", ({firstByteP50Ms}) => firstByteP50Ms.toFixed(0)],
  ["p95", ({firstByteP95Ms}) => firstByteP95Ms.toFixed(0)],
  ["p99", ({firstByteP99Ms}) => firstByteP99Ms.toFixed(0)],
  ["begun before the next key", ({begun}) => percent(begun)],
  ["of prompts cached", ({cached}) => percent(cached)],
  ["hedged", ({hedged}) => `${(100 * hedged).toFixed(1)} %`],
  [
    "losers cancelled",
    ({cancelled, decided}) => (decided > 0 ? `${cancelled} of ${decided}` : "-"),
  ],
  ["GPU ms/request", ({gpuSeconds}) => (1000 * gpuSeconds).toFixed(0)],
];

/** A row for each way of routing. */
export function routingReport(
  {replicas, proxies, patience, stalls}: Setting,
  {people, perSecond, rows}: Comparison,
): string {
  const about = `${people} people who look up for ${patience} s between bursts of keys: ${perSecond.toFixed(1)} requests/s to ${replicas} replicas by ${proxies} proxies, 80 % of what round robin has room for${stalls ? `; one replica stands still for ${stalls.forMs / 1000} s of each ${stalls.everyMs / 1000}` : ""}`;
  const head = ["routing", ...COLUMNS.map(([title]) => title)];
  const body = rows.map(({name, figures}) => [name, ...COLUMNS.map(([, show]) => show(figures))]);
  return [about, ...table([head, ...body], allButFirst)].join("\n");
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
