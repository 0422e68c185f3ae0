import {
  egressDollars,
  FREE_EGRESS_GB,
  FREE_LOGS_GB,
  logsDollars,
  METRICS_DOLLARS,
} from "../../cloud/azure/prices.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import type {World} from "../../regions/world.ts";
import {made} from "../review/difference.ts";
import {dollarsOf} from "../review/purpose-and-price.ts";
import type {Tokens} from "./tokens.ts";
import type {Usage} from "./usage.ts";

/** What a stack costs a month, in US dollars at list prices. */
export interface Cost {
  readonly stack: string;
  /** Before anyone uses it. */
  readonly fixed: number;
  readonly logs: number;
  readonly metrics: number;
  readonly egress: number;
  /** The models', of what its users ask. */
  readonly tokens: number;
}

/** What all the requests of a month come to. */
export interface Used {
  readonly usage: readonly Usage[];
  readonly tokens: readonly Tokens[];
}

/** The cost of each stack; what a region's use costs is counted with the region, wherever it is billed. */
export function costsOf(world: World, stacks: readonly Stack[], {usage, tokens}: Used): Cost[] {
  const logs = billed(usage, FREE_LOGS_GB, ({region, logsGb}) => [
    logsGb,
    logsDollars(workspaceOf(world, region)),
  ]);
  const egress = billed(usage, FREE_EGRESS_GB, ({region, egressGb}) => [
    egressGb,
    egressDollars(region),
  ]);
  return stacks.map((stack) => ({
    stack: stack.name,
    fixed: fixedDollars(stack),
    logs: logs.get(stack.name) ?? 0,
    metrics:
      ((usage.find(({region}) => region === stack.name)?.samples ?? 0) / 1e6) * METRICS_DOLLARS,
    egress: egress.get(stack.name) ?? 0,
    tokens: tokens.find(({region}) => region === stack.name)?.dollars ?? 0,
  }));
}

/** What a stack costs a month before anyone uses it. */
export const fixedDollars = (stack: Stack): number =>
  made(stack).reduce((sum, resource) => sum + dollarsOf(resource), 0);

/** Where the logs of a region are kept. */
export function workspaceOf({service, regions}: World, name: string): string {
  return regions.find((region) => region.name === name)?.existing.logs ? name : service.home;
}

/** What each region's gigabytes cost; those that are free are shared by all regions. */
function billed(
  usage: readonly Usage[],
  freeGb: number,
  priced: (one: Usage) => readonly [gb: number, dollars: number],
): Map<string, number> {
  const rows = usage.map((one) => [one.region, ...priced(one)] as const);
  const total = rows.reduce((sum, [, gb]) => sum + gb, 0);
  const share = total > 0 ? Math.max(0, 1 - freeGb / total) : 0;
  return new Map(rows.map(([region, gb, dollars]) => [region, gb * share * dollars]));
}

/** All of them together. */
export const totalOf = (costs: readonly Cost[]): Cost => {
  const sum = (what: Exclude<keyof Cost, "stack">) =>
    costs.reduce((total, cost) => total + cost[what], 0);
  return {
    stack: "in all",
    fixed: sum("fixed"),
    logs: sum("logs"),
    metrics: sum("metrics"),
    egress: sum("egress"),
    tokens: sum("tokens"),
  };
};

/** Its parts together. */
export const dollarsIn = ({fixed, logs, metrics, egress, tokens}: Cost): number =>
  fixed + logs + metrics + egress + tokens;
