import {gpuSizes} from "../../regions/replicas/sizes.ts";
import type {Load} from "./load.ts";

/** Of NVIDIA's data sheets: operations a second at 16 bits, in trillions and without sparsity, and gigabytes a second of memory. */
const gpus: Readonly<Record<string, {readonly teraflops: number; readonly gbPerS: number}>> = {
  T4: {teraflops: 65, gbPerS: 320},
  A10: {teraflops: 125, gbPerS: 600},
  A100: {teraflops: 312, gbPerS: 1935},
  H100: {teraflops: 835, gbPerS: 3938},
};
/** Of a whole A10, of which some sizes have a part. */
const A10_GB = 24;
/** What reading a prompt makes of the operations that a GPU could do. */
const USED = 0.5;
/** Fuller ones let requests wait for one another. */
const BUSY = 0.6;
/** Of a parameter, at 16 bits. */
const BYTES = 2;
/** For a parameter and a token: one multiplication, one addition. */
const OPERATIONS = 2;

/**
 * Requests a second that a replica carries, by what bounds a GPU: of a prompt, the operations for what is not cached; of an
 * answer, reading all parameters once for each token, for all requests that are answered together. Undefined for sizes
 * that are not known.
 */
export function replicaRate(size: string, {promptTokens, replicas}: Load): number | undefined {
  const known = Object.hasOwn(gpuSizes, size) ? gpuSizes[size] : undefined;
  const gpu = known && gpus[known.gpu];
  if (gpu === undefined) return undefined;
  const share = known?.gpu === "A10" ? known.memoryGb / A10_GB : 1;
  const {billions, cached, answerTokens, together} = replicas;
  const read = promptTokens * (1 - cached / 100);
  const promptS = (read * OPERATIONS * billions) / (gpu.teraflops * 1000 * USED * share);
  const tokenS = (billions * BYTES) / (gpu.gbPerS * share);
  return BUSY / (promptS + (answerTokens * tokenS) / together);
}
