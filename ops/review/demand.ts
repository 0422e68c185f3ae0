import type {Stack} from "../../cloud/stacks/stacks.ts";
import type {World} from "../../regions/world.ts";
import {made} from "./difference.ts";
import {dollarsOf} from "./purpose-and-price.ts";

/** A model's capacity that a region asks of Azure: thousands of tokens a minute, or provisioned units. */
export interface QuotaChange {
  readonly region: string;
  readonly model: string;
  readonly sku: string;
  readonly from: number;
  readonly to: number;
}

/** What a stack costs a month before anyone uses it, in US dollars at list prices. */
export interface CostChange {
  readonly stack: string;
  readonly from: number;
  readonly to: number;
}

/** Quotas whose need changes, by region. */
export function quotaChanges(before: World, after: World): QuotaChange[] {
  const [was, is] = [needsOf(before), needsOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((key) => {
      const [region = "", model = "", sku = ""] = key.split(" ");
      return {region, model, sku, from: was.get(key) ?? 0, to: is.get(key) ?? 0};
    })
    .filter(({from, to}) => from !== to);
}

function needsOf({models, regions}: World): Map<string, number> {
  const needs = new Map<string, number>();
  for (const {name: region, deployments} of regions)
    for (const {model, sku, capacity} of deployments) {
      const key = `${region} ${models[model]!.model} ${sku}`;
      needs.set(key, (needs.get(key) ?? 0) + capacity);
    }
  return needs;
}

/** Stacks whose fixed cost changes. */
export function costChanges(before: readonly Stack[], after: readonly Stack[]): CostChange[] {
  const names = [...new Set([...after, ...before].map(({name}) => name))];
  const cost = (stacks: readonly Stack[], stack: string) =>
    made(stacks.find(({name}) => name === stack)).reduce(
      (sum, resource) => sum + dollarsOf(resource),
      0,
    );
  return names
    .map((stack) => ({stack, from: cost(before, stack), to: cost(after, stack)}))
    .filter(({from, to}) => from !== to);
}
