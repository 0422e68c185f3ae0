import {nearest} from "../meaning.ts";

/** What a machine has that a model server runs on. */
export interface GpuSize {
  readonly gpu: string;
  /** Of one GPU, or of the part of one that it has. */
  readonly memoryGb: number;
  readonly gpus: number;
}

const a10 = (memoryGb: number, gpus = 1): GpuSize => ({gpu: "A10", memoryGb, gpus});
const a100 = (gpus: number): GpuSize => ({gpu: "A100", memoryGb: 80, gpus});
const h100 = (gpus: number): GpuSize => ({gpu: "H100", memoryGb: 94, gpus});
const t4 = (gpus: number): GpuSize => ({gpu: "T4", memoryGb: 16, gpus});

/**
 * Sizes with NVIDIA's GPUs, as the pages of their series have them:
 * https://learn.microsoft.com/azure/virtual-machines/sizes/overview#gpu-accelerated (2026). There are more: what is not
 * known is told, and not refused.
 */
export const gpuSizes: Readonly<Record<string, GpuSize>> = {
  Standard_NV6ads_A10_v5: a10(4),
  Standard_NV12ads_A10_v5: a10(8),
  Standard_NV18ads_A10_v5: a10(12),
  Standard_NV36ads_A10_v5: a10(24),
  Standard_NV36adms_A10_v5: a10(24),
  Standard_NV72ads_A10_v5: a10(24, 2),
  Standard_NC24ads_A100_v4: a100(1),
  Standard_NC48ads_A100_v4: a100(2),
  Standard_NC96ads_A100_v4: a100(4),
  Standard_NC40ads_H100_v5: h100(1),
  Standard_NC80adis_H100_v5: h100(2),
  Standard_NC4as_T4_v3: t4(1),
  Standard_NC8as_T4_v3: t4(1),
  Standard_NC16as_T4_v3: t4(1),
  Standard_NC64as_T4_v3: t4(4),
};

/** Those to begin with: a whole GPU in each, from the least to the most. */
const USUAL = ["Standard_NV36ads_A10_v5", "Standard_NC24ads_A100_v4", "Standard_NC40ads_H100_v5"];
const CHOICE = `use one of ${USUAL.join(", ")}`;

/** FPGAs, and GPUs of AMD's: the pages of NP, NVv4, NGads V620, NVads V710 v5 and ND MI300X v5. */
const NOT_NVIDIA = /^Standard_(NP|NG)|_(V620|V710|MI\d+X)(_|$)|^Standard_NV\d+as_v4$/i;

/** Why no model server can run on a size, with the mend; undefined where one may. */
export function gpuSizeFault(size: string): string | undefined {
  if (!/^Standard_[A-Z]/i.test(size))
    return `"${size}" is not Azure's name of a size; ${nearest(size, Object.keys(gpuSizes))}`;
  if (!/^Standard_N/i.test(size)) return `${size} has no GPU; ${CHOICE}`;
  return NOT_NVIDIA.test(size)
    ? `${size} has no GPU of NVIDIA's, as vLLM needs; ${CHOICE}`
    : undefined;
}

/** What may not go well with a size that could have a GPU. */
export function gpuSizeWarning(size: string): string | undefined {
  const known = gpuSizes[size];
  if (known === undefined)
    return `${size} is not known here; ${nearest(size, Object.keys(gpuSizes))} Or ask Azure by npm run preflight`;
  if (known.gpus === 1) return undefined;
  return `${size} has ${known.gpus} GPUs, of which a server uses one; choose a size with one, such as ${single(known)}`;
}

const single = ({gpu}: GpuSize) =>
  USUAL.find((size) => gpuSizes[size]?.gpu === gpu) ?? "Standard_NC4as_T4_v3";
