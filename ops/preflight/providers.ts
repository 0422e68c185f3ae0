import {z} from "zod";
import {ok, short, type Verdict} from "./finding.ts";
import {needed} from "./rights/rights.ts";

/** https://learn.microsoft.com/rest/api/resources/providers/list */
export const providerSchema = z.object({namespace: z.string(), registrationState: z.string()});

export type Provider = z.output<typeof providerSchema>;

/** Registered in every subscription from the start. */
const BUILT_IN = ["Microsoft.Authorization", "Microsoft.Resources"];

/** The providers of the resources that stacks make, and Compute, for the machines that AKS makes. */
export const neededProviders = [
  ...new Set([...needed.Contributor.map((action) => action.split("/")[0]!), "Microsoft.Compute"]),
]
  .filter((namespace) => !BUILT_IN.includes(namespace))
  .toSorted();

/** Whether the providers are registered. Those that are share one verdict. */
export function judgeProviders(providers: readonly Provider[]): Verdict[] {
  const stateOf = (wanted: string): string =>
    providers.find(({namespace}) => namespace.toLowerCase() === wanted.toLowerCase())
      ?.registrationState ?? "not known to Azure";
  const missing = neededProviders.filter((namespace) => stateOf(namespace) !== "Registered");
  const count = neededProviders.length - missing.length;
  return [
    ok("provider", `${count} of ${neededProviders.length}`, "registered"),
    ...missing.map((namespace) =>
      short(
        "provider",
        namespace,
        stateOf(namespace),
        `az provider register --namespace ${namespace}`,
      ),
    ),
  ];
}
