import {list, serving} from "../../description.ts";
import type {Resource, View} from "../../resource.ts";
import {arm, nameOf, ownerOf, unless} from "../arm.ts";

const DEPLOYMENT = "azure-native:cognitiveservices:Deployment";

export const contentFilter = [
  arm<Policy>("cognitiveservices:RaiPolicy", {
    path: "Microsoft.CognitiveServices/accounts/{accountName}/raiPolicies/{raiPolicyName}",
    purpose: "how Azure judges what a deployment is asked and what it answers",
    loss: serving("how what deployments are asked and answer is judged"),
    summary: (at, {properties}) => [
      at("properties.mode"),
      `from ${at("properties.contentFilters.0.severityThreshold")}`,
      blocked(list((properties as Policy["properties"])?.contentFilters)),
    ],
    check: checkPolicy,
    checkRemoval: checkUnused,
    locks: ownerOf,
  }),
];

interface Policy {
  readonly properties?: {
    readonly basePolicyName?: string;
    readonly contentFilters?: readonly {readonly name?: string; readonly source?: string}[];
  };
}

/** What is blocked that has no severity. */
const blocked = (filters: readonly object[]) =>
  (filters as readonly {name: string; blocking: boolean; severityThreshold?: string}[])
    .filter(({blocking, severityThreshold}) => blocking && severityThreshold === undefined)
    .map(({name}) => name)
    .join(", ");

/** https://learn.microsoft.com/azure/ai-foundry/openai/concepts/default-safety-policies: every account has them. */
const BUILT_IN = ["microsoft.default", "microsoft.defaultv2"];

/** By what each looks at: the sample of raiPolicies in Azure/azure-sdk-for-js, and Microsoft's page of content filters. */
const sources: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ["Hate", "Sexual", "Violence", "Selfharm", "Profanity"].map((name) => [
      name,
      ["Prompt", "Completion"],
    ]),
  ),
  Jailbreak: ["Prompt"],
  "Indirect Attack": ["Prompt"],
  "Protected Material Text": ["Completion"],
  "Protected Material Code": ["Completion"],
};

function checkPolicy({properties}: Policy, view: View): string[] {
  const {basePolicyName: base, contentFilters = []} = properties ?? {};
  const name = nameOf(view.id);
  return [
    // Microsoft's own cannot be written: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/content-filters
    ...unless(
      !/^microsoft\./i.test(name),
      `InvalidRaiPolicyName: The name '${name}' is kept for the filters of Microsoft.`,
    ),
    ...unless(
      base !== undefined && isThere(base, view),
      `RaiPolicyNotFound: The base '${base}' of the content filter '${name}' was not found.`,
    ),
    // https://github.com/Azure/terraform-azurerm-avm-res-cognitiveservices-account/issues/183
    ...contentFilters.flatMap(({name, source}) =>
      unless(
        sources[name ?? ""]?.includes(source ?? ""),
        `InvalidContentFilter: Resource has invalid content filter: '${name}' of '${source}'.`,
      ),
    ),
  ];
}

/** Whether an account has a filter of this name. `view.id` is of a part of it. */
const isThere = (filter: string, {id, find}: View) =>
  BUILT_IN.includes(filter.toLowerCase()) || find(`${ownerOf(id)}/raiPolicies/${filter}`);

/** What a deployment is judged by has to be there first. */
export const checkFilter = (filter: string | undefined, view: View): string[] =>
  unless(
    filter === undefined || isThere(filter, view),
    `RaiPolicyNotFound: The content filter '${filter}' of account deployment was not found.`,
  );

/** https://learn.microsoft.com/azure/ai-foundry/openai/how-to/content-filters: it is taken off its deployments first. */
function checkUnused({id}: Resource, {all}: View): string[] {
  const users = all(DEPLOYMENT).filter(
    (one) =>
      ownerOf(one.id) === ownerOf(id) &&
      (one.inputs.properties as {raiPolicyName?: string}).raiPolicyName === nameOf(id),
  );
  return unless(
    users.length === 0,
    `RaiPolicyInUse: The content filter '${nameOf(id)}' is used by ${users.map(({name}) => name).join(", ")}.`,
  );
}
