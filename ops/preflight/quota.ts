import {z} from "zod";
import type {DeployedModel, Held, WantedDeployment} from "./demand.ts";
import {ok, short, unknown, type Verdict} from "./finding.ts";
import {type Offer, usageName} from "./offers.ts";

/**
 * A quota and its use, as Cognitive Services and Compute list them:
 * https://learn.microsoft.com/rest/api/aifoundry/accountmanagement/usages/list
 * https://learn.microsoft.com/rest/api/compute/usage/list
 */
export const usageSchema = z.object({
  name: z.object({value: z.string()}),
  currentValue: z.number(),
  limit: z.number(),
});

export type Usage = z.output<typeof usageSchema>;

/** Whether each quota has room for the deployments that count against it. */
export function judgeQuota(
  wanted: readonly WantedDeployment[],
  offers: readonly Offer[],
  usages: readonly Usage[],
  {deployments: held}: Held,
): Verdict[] {
  const heldBy = sums(held, offers);
  return [...sums(wanted, offers)].map(([name, amount]) =>
    judgeUsage({check: "quota", name, amount, held: heldBy.get(name) ?? 0}, usages),
  );
}

/** Capacity asked for, by quota. */
function sums(deployments: readonly DeployedModel[], offers: readonly Offer[]) {
  const byName = Map.groupBy(deployments, (deployment) => usageName(deployment, offers));
  return new Map(
    [...byName].map(([name, group]) => [
      name,
      group.reduce((sum, {capacity}) => sum + capacity, 0),
    ]),
  );
}

export interface Claim {
  readonly check: string;
  /** The quota's name. */
  readonly name: string;
  /** What the stack asks for in total. */
  readonly amount: number;
  /** What the stack already holds of that. */
  readonly held: number;
}

/** Whether a quota has room. Azure is not consistent about case in names, nor about blanks: `Standard NCASv3_T4 Family`. */
export function judgeUsage({check, name, amount, held}: Claim, usages: readonly Usage[]): Verdict {
  const asked = `${amount} of ${name}`;
  const usage = usages.find(({name: {value}}) => plain(value) === plain(name));
  if (!usage)
    return unknown(check, asked, "Azure lists no such quota", `ask the portal for ${name}`);
  const left = Math.max(0, usage.limit - Math.max(0, usage.currentValue - held));
  const own = held > 0 ? `, ${held} by this stack` : "";
  const found = `${left} left of ${usage.limit}${own}`;
  if (left >= amount) return ok(check, asked, found);
  return short(check, asked, found, `ask Azure for ${amount - left} more, or ask for less here`);
}

const plain = (name: string) => name.replaceAll(" ", "").toLowerCase();
