import {withoutRegions} from "../../../dns/lost.ts";
import type {Plan} from "../../../dns/plan.ts";

/** In words, who serves the users of a region that DNS leaves out, beside those that are out already. */
export function heirsOf(plan: Plan, region: string, alsoOut: readonly string[]): string {
  const pool = plan.pools.find(({members}) => members.some((one) => one.region === region));
  if (!pool) return "it had no places of its own";
  const after = withoutRegions(plan, [...alsoOut, region]);
  const membersOf = (name: string) =>
    after.pools.find((one) => one.name === name)?.members.map((one) => one.region) ?? [];
  const mates = membersOf(pool.name);
  if (mates.length > 0) return `${listed(mates)} of the same pool ${takes(mates)} over`;
  const before = withoutRegions(plan, alsoOut).rules;
  const orphans = after.rules.filter((_, at) => before[at]?.chain[0] === pool.name);
  const next = [...new Set(orphans.map(({chain}) => chain[0]))];
  const heirs = next.flatMap((name) => (name === undefined ? [] : membersOf(name)));
  const taken = heirs.length > 0 ? `${listed(heirs)} ${takes(heirs)} over` : "";
  const rest = taken ? "no region is left for the rest" : "no region is left for its places";
  const told = [taken, next.includes(undefined) && rest].filter(Boolean);
  return told.join("; ") || "it had no places of its own";
}

const listed = (names: readonly string[]) => new Intl.ListFormat("en").format(names);
const takes = ({length}: readonly string[]) => (length === 1 ? "takes" : "take");
