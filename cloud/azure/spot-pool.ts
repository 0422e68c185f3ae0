import {unless} from "./arm.ts";

/** What a pool says of machines that Azure may take back. */
export interface Spot {
  readonly mode?: string;
  readonly scaleSetPriority?: string;
  readonly scaleSetEvictionPolicy?: string;
  readonly spotMaxPrice?: number;
}

/**
 * https://learn.microsoft.com/azure/aks/spot-node-pool#limitations; the codes are those of the machines below,
 * https://learn.microsoft.com/azure/virtual-machines/error-codes-spot
 */
export function checkSpot(pool: Spot): string[] {
  const {mode, scaleSetPriority, scaleSetEvictionPolicy, spotMaxPrice = -1} = pool;
  const isSpot = scaleSetPriority === "Spot";
  return [
    ...unless(
      !isSpot || mode !== "System",
      "SpotPoolCannotBeSystemPool: A spot node pool can't be a default node pool, it can only be used as a secondary pool.",
    ),
    ...unless(
      isSpot || scaleSetEvictionPolicy === undefined,
      "EvictionPolicyCanBeSetOnlyOnAzureSpotVirtualMachines: Eviction policy can be set only on Azure Spot Virtual Machines.",
    ),
    ...unless(
      spotMaxPrice === -1 || spotMaxPrice > 0,
      "MaxPriceValueInvalid: Invalid max price value. The only supported values for max price are -1 or a decimal greater than zero.",
    ),
  ];
}
