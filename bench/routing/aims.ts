import {table} from "../../dns/table.ts";
import type {Comparison, RouterName} from "./comparison.ts";
import type {RoutingFigures} from "./figures.ts";

/** What the proxy's routing is held to: so many times what round robin comes to on the same trace. */
interface Aim {
  readonly what: string;
  readonly key: "firstByteP99Ms" | "cached";
  readonly times: number;
  readonly isMost: boolean;
  readonly show: (value: number) => string;
}

const AIMS: readonly Aim[] = [
  {
    what: "first byte, p99",
    key: "firstByteP99Ms",
    times: 0.7,
    isMost: true,
    show: (ms) => `${ms.toFixed(0)} ms`,
  },
  {
    what: "of prompts cached",
    key: "cached",
    times: 2,
    isMost: false,
    show: (share) => `${(100 * share).toFixed(0)} %`,
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
  {what, key, times, isMost, show}: Aim,
  own: RoutingFigures,
  turns: RoutingFigures,
): Verdict {
  const limit = times * turns[key];
  return {
    what,
    limit: `${isMost ? "at most" : "at least"} ${times} x round robin's, ${show(limit)}`,
    measured: show(own[key]),
    isReached: isMost ? own[key] <= limit : own[key] >= limit,
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
