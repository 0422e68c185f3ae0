import {z} from "zod";
import {resourceId, zones} from "../platform.ts";

/** Models of our own on GPUs, as regions.yaml writes them. */

const count = z
  .union([
    z.literal(0),
    z
      .string()
      .regex(/^\d+-\d+$/, "is not a range; write the least and the most: 1-4")
      .transform((text) => {
        const [min, max] = text.split("-").map(Number) as [number, number];
        return {min, max};
      })
      .refine(({min, max}) => min >= 1 && min <= max && max <= 64, {
        error: "is out of bounds; write the least, 1 or more, and the most, at most 64: 1-4",
      }),
  ])
  .describe("Least and most servers, each on a GPU of its own, for example 1-4; 0: none here.");

export const weightsSchema = z
  .strictObject({
    storage: resourceId("storage account", "/providers/Microsoft.Storage/storageAccounts/*")
      .optional()
      .describe("Id of the storage account that has them. Left out: the one that its stack makes."),
    container: z
      .string()
      .regex(/^[a-z0-9](-?[a-z0-9]){2,62}$/, "is not a container's name; write it as Azure has it")
      .default("weights"),
    path: z
      .string()
      .regex(/^[\w.-]+(\/[\w.-]+)*$/, "is not a path; write folders with / between: coder/7b")
      .describe("The folder in the container."),
    manifest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, "is not a hash; write what `npm run weights` prints")
      .describe("Hash of manifest.json in that folder, which has the hashes of all its files."),
  })
  .describe("Where its weights are: what is there must never change.");

/** vLLM's own arguments, without their dashes. */
const engine = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, "is not an argument; write it as vLLM has it: max-model-len"),
    z.union([z.string(), z.number(), z.boolean()]),
  )
  .describe("Arguments of vLLM, by their names without dashes, for example max-model-len: 8192.");

const settings = {
  weights: weightsSchema,
  size: z.string().describe("Azure's name of the machines, which have a GPU."),
  replicas: count,
  spot: z.boolean().describe("Whether on machines that Azure may take back at any time."),
  zones: zones.describe(
    "Availability zones of the machines: not all have every size. Left out: those of the other nodes.",
  ),
  engine,
};

export const gpuSchema = z.strictObject({
  ...settings,
  spot: settings.spot.default(false),
  engine: settings.engine.default({}),
});

/** What a region says over a model's own. */
export const gpuOverSchema = z.strictObject(settings).partial();

export type WrittenGpu = z.output<typeof gpuSchema>;
