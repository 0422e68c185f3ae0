/** An hour of a machine with GPUs and Linux in East US, pay as you go, as others noted them in 2026: docs/cost.md#prices. */
const hours: Readonly<Record<string, number>> = {
  Standard_NV36ads_A10_v5: 3.2,
  Standard_NC24ads_A100_v4: 3.67,
  Standard_NC48ads_A100_v4: 7.35,
  Standard_NC96ads_A100_v4: 14.69,
  Standard_NC40ads_H100_v5: 6.98,
  Standard_NC4as_T4_v3: 0.526,
  Standard_NC8as_T4_v3: 0.752,
  Standard_NC16as_T4_v3: 1.204,
  Standard_NC64as_T4_v3: 4.352,
};

/** Whether a size is of the series that have GPUs, which are not priced by their vCPUs. */
export const hasGpu = (size: string): boolean => /^Standard_N/.test(size);

/** Undefined where no price could be read. */
export const gpuHour = (size: string): number | undefined =>
  Object.hasOwn(hours, size) ? hours[size] : undefined;

interface Pool {
  readonly vmSize?: unknown;
  readonly scaleSetPriority?: unknown;
}

/** Spot machines cost what Azure asks at the hour, and other sizes have no price here: neither is in a pool's dollars. */
export function unpricedGpus({vmSize, scaleSetPriority}: Pool): string[] {
  const size = String(vmSize);
  if (!hasGpu(size)) return [];
  if (scaleSetPriority === "Spot") return [`${size} on spot, at the price of the hour`];
  return gpuHour(size) === undefined ? [`${size}, whose price could not be read`] : [];
}
