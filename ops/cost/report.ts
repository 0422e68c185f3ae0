import {allButFirst, table} from "../../dns/table.ts";
import type {Load} from "../scale/load.ts";
import {type Cost, dollarsIn, totalOf} from "./cost.ts";
import {assumed, type Usage} from "./usage.ts";

export interface Told {
  readonly people: number;
  readonly load: Load;
  readonly usage: readonly Usage[];
  readonly costs: readonly Cost[];
  /** What is billed and has no price here. */
  readonly unpriced: readonly string[];
}

/** A table of the stacks, what was assumed, and the tokens, whose prices are another page's. */
export function report({people, load, usage, costs, unpriced}: Told): string {
  const requests = usage.reduce((sum, one) => sum + one.requests, 0);
  const {days, hours} = assumed;
  const rows = [...costs, totalOf(costs)].map((cost) => [
    cost.stack,
    ...[cost.fixed, cost.logs, cost.metrics, cost.egress, dollarsIn(cost)].map(number),
  ]);
  return [
    `${number(people)} people: ${number(requests)} requests a month, in ${days} days of ${hours} hours, ${load.perUser} a second each.`,
    "",
    ...table([["$ a month", "fixed", "logs", "metrics", "egress", "in all"], ...rows], allButFirst),
    ...(unpriced.length > 0
      ? ["", "NOT PRICED, and billed on top:", ...unpriced.map((one) => `  - ${one}`)]
      : []),
    "",
    `Tokens come on top: ${millions(requests * load.promptTokens)} million in, and ${millions(requests * load.maxTokens)} million out at most. docs/cost.md has the prices, and what is assumed.`,
    "",
  ].join("\n");
}

const number = (value: number) => Math.round(value).toLocaleString("en-US");
const millions = (value: number) => number(value / 1e6);
