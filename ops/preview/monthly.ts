import type {Stack} from "../../cloud/stacks/stacks.ts";
import {allButFirst, table} from "../../dns/table.ts";
import {fixedDollars} from "../cost/cost.ts";
import {unpricedIn} from "../cost/unpriced.ts";

/** What stacks cost a month before anyone uses them, each and in all. */
export function monthly(stacks: readonly Stack[]): string {
  const costs = stacks.map((stack) => [stack.name, fixedDollars(stack)] as const);
  const total = costs.reduce((sum, [, dollars]) => sum + dollars, 0);
  const rows = [...costs, ["in all", total] as const].map(([name, dollars]) => [
    name,
    whole(dollars),
  ]);
  const unpriced = unpricedIn(stacks);
  return [
    ...table([["stack", "$ a month"], ...rows], allButFirst),
    ...(unpriced.length > 0 ? [`Not priced, and billed on top: ${unpriced.join("; ")}.`] : []),
    `Some $${whole(total)} a month by list prices, before anyone uses it; what use and tokens add: npm run cost`,
    "",
  ].join("\n");
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US");
