import * as azure from "@pulumi/azure-native/cognitiveservices/index.js";
import type {CustomResourceOptions} from "@pulumi/pulumi";
import type {Filter, Region, World} from "../../regions/world.ts";
import {nameOf} from "./arm-id.ts";
import type {Where} from "./group.ts";

/** The filters of regions.yaml that a region's deployments name. Others are in every account. */
export function filtersOf({filters = {}}: World, {deployments}: Region): [string, Filter][] {
  const named = new Set(deployments.map(({filter}) => filter));
  return Object.entries(filters).filter(([name]) => named.has(name));
}

export const createFilter = (
  name: string,
  {where, account, filter}: {where: Where; account: azure.Account; filter: Filter},
  options: CustomResourceOptions,
) =>
  new azure.RaiPolicy(
    `filter-${name}`,
    {
      resourceGroupName: where.resourceGroupName,
      accountName: nameOf(account),
      raiPolicyName: name,
      tags: where.tags,
      properties: {
        basePolicyName: "Microsoft.DefaultV2",
        mode: filter.asynchronous ? "Asynchronous_filter" : "Blocking",
        contentFilters: [...harms(filter), ...shields(filter)],
      },
    },
    options,
  );

/** Judged of what is asked and of what is answered: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter */
const harms = ({severity}: Filter) =>
  ["Hate", "Sexual", "Violence", "Selfharm"].flatMap((name) =>
    ["Prompt", "Completion"].map((source) => ({
      ...{name, source, enabled: true, blocking: true},
      severityThreshold: levels[severity],
    })),
  );

const levels = {low: "Low", medium: "Medium", high: "High"} as const;

/** All but the second are judged by Microsoft.DefaultV2 too, whether or not it blocks them. */
const shields = ({blocks}: Filter) =>
  (
    [
      ["jailbreak", "Jailbreak", "Prompt"],
      ["indirectAttack", "Indirect Attack", "Prompt"],
      ["protectedText", "Protected Material Text", "Completion"],
      ["protectedCode", "Protected Material Code", "Completion"],
    ] as const
  ).map(([what, name, source]) => {
    const blocking = blocks.includes(what);
    return {name, source, blocking, enabled: blocking || what !== "indirectAttack"};
  });
