import {z} from "zod";
import type {World} from "../../regions/world.ts";
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

/** Those of resources that only some worlds have; whether one has. */
const OF_SOME: Readonly<Record<string, (world: World) => boolean>> = {
  "Microsoft.Storage": ({regions}) =>
    regions.some(({replicas}) => replicas.some(({weights}) => weights.storage === undefined)),
};

/** Whether the providers that a world needs are registered. Those that are share one verdict. */
export function judgeProviders(world: World, providers: readonly Provider[]): Verdict[] {
  const wanted = neededProviders.filter((name) => OF_SOME[name]?.(world) ?? true);
  const stateOf = (wanted: string): string =>
    providers.find(({namespace}) => namespace.toLowerCase() === wanted.toLowerCase())
      ?.registrationState ?? "not known to Azure";
  const missing = wanted.filter((namespace) => stateOf(namespace) !== "Registered");
  const count = wanted.length - missing.length;
  return [
    ok("provider", `${count} of ${wanted.length}`, "registered"),
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
