import type {Deployment, Sku} from "../../regions/world.ts";

/** Azure spills within one level of processing: to nowhere wider than the units themselves compute. */
const SPILLS_TO: Partial<Record<Sku, Sku>> = {
  GlobalProvisionedManaged: "GlobalStandard",
  DataZoneProvisionedManaged: "DataZoneStandard",
};

/**
 * Where Azure itself sends what provisioned units have no room for, before a proxy hears of it: a deployment of the same
 * model in the same account, if regions.yaml has it asked after them, and it filters as they do.
 * https://learn.microsoft.com/azure/foundry/openai/how-to/spillover-traffic-management
 */
export const spilloverOf = (
  {model, sku, filter, priority = 1}: Deployment,
  deployments: readonly Deployment[],
): string | undefined =>
  deployments.find(
    (other) =>
      other.model === model &&
      other.sku === SPILLS_TO[sku] &&
      other.filter === filter &&
      (other.priority ?? 1) > priority,
  )?.name;
