import {table} from "../../dns/table.ts";
import {type Comparison, HEDGE, type RouterName} from "./comparison.ts";
import type {RoutingFigures} from "./figures.ts";

/** What the proxy's routing is held to: a figure, or so many times round robin's on the same trace. */
interface Aim {
  readonly what: string;
  readonly key: "firstByteP99Ms" | "cached" | "hedged";
  readonly limit: {readonly times: number} | {readonly figure: number};
  readonly isMost: boolean;
  readonly show: (value: number) => string;
}

const AIMS: readonly Aim[] = [
  {
    what: "first byte, p99",
    key: "firstByteP99Ms",
    limit: {times: 0.7},
    isMost: true,
    show: (ms) => `${ms.toFixed(0)} ms`,
  },
  {
    what: "of prompts cached",
    key: "cached",
    limit: {times: 2},
    isMost: false,
    show: (share) => `${(100 * share).toFixed(0)} %`,
  },
  {
    what: "hedged",
    key: "hedged",
    limit: {figure: HEDGE},
    isMost: true,
    show: (share) => `${(100 * share).toFixed(1)} %`,
  },
];

export interface Verdict {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly isReached: boolean;
}

export function routingVerdicts({rows}: Comparison): Verdict[] {
  const of = (wanted: RouterName) => rows.find(({name}) => name === wanted)!.figures;
  return AIMS.map((aim) => verdictOf(aim, of("proxy"), of("round robin")));
}

function verdictOf(
  {what, key, limit, isMost, show}: Aim,
  own: RoutingFigures,
  turns: RoutingFigures,
): Verdict {
  const most = "figure" in limit ? limit.figure : limit.times * turns[key];
  const of = "figure" in limit ? "" : `${limit.times} x round robin's, `;
  return {
    what,
    limit: `${isMost ? "at most" : "at least"} ${of}${show(most)}`,
    measured: show(own[key]),
    isReached: isMost ? own[key] <= most : own[key] >= most,
  };
}

/** Each aim as reached or not. */
export function againstRoutingAims(comparison: Comparison): string {
  const lines = routingVerdicts(comparison).map(({what, limit, measured, isReached}) => [
    ...[what, limit, measured],
    isReached ? "reached" : "not reached",
  ]);
  const head = ["of the proxy's routing", "aim", "measured", ""];
  return table([head, ...lines], (column) => column === 2).join("\n");
}
