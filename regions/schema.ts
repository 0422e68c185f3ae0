import {z} from "zod";
import {modelApi, rulesSchema} from "../proxy/policy.ts";
import {exchangeSchema} from "./exchange.ts";
import type {Range} from "./world.ts";

/** regions.yaml as it is written. What it means once completed: world.ts. */

const SECONDS = {ms: 0.001, s: 1, m: 60, h: 3600};

/** Written `400ms`, `30s`, `20m`, `1h`; read as seconds. */
function duration(least: string, most: string) {
  return z
    .string()
    .regex(/^\d+(ms|s|m|h)$/, "is not a duration; write a number and a unit: 400ms, 30s, 20m, 1h")
    .refine((text) => seconds(text) >= seconds(least) && seconds(text) <= seconds(most), {
      error: `is out of bounds; choose ${least} to ${most}`,
    })
    .transform(seconds);
}

function seconds(text: string): number {
  const [, number, unit] = /^(\d+)(.*)$/.exec(text) as unknown as [
    string,
    string,
    keyof typeof SECONDS,
  ];
  return Number(number) * SECONDS[unit];
}

/** Written `99.5%`, read as 0.995. */
const percentage = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, "is not a percentage; write a number and a percent sign: 99.5%")
  .refine((text) => Number.parseFloat(text) > 0 && Number.parseFloat(text) <= 100, {
    error: "is out of bounds; choose more than 0% and at most 100%",
  })
  .transform((text) => Number.parseFloat(text) / 100);

/** Written `3-12`: the least and the most. */
const range = z
  .string()
  .regex(/^\d+-\d+$/, "is not a range; write the least and the most: 3-12")
  .refine(
    (text) => 1 <= ends(text).min && ends(text).min <= ends(text).max && ends(text).max <= 1000,
    {
      error: "is not a range of 1 to 1000, the least first; write it like 3-12",
    },
  )
  .transform(ends);

function ends(text: string): Range {
  const [min, max] = text.split("-").map(Number) as [number, number];
  return {min, max};
}

const hostname = z
  .string()
  .max(253)
  .regex(
    /^(?!-)[a-z0-9-]+(?<!-)(\.(?!-)[a-z0-9-]+(?<!-))+$/,
    "is not a DNS name; use lower-case letters, digits, hyphens and dots",
  );

const label = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,30}$/,
    "is not a name; use up to 31 lower-case letters, digits and hyphens, a letter first",
  );

export const SKUS = [
  "Standard",
  "GlobalStandard",
  "DataZoneStandard",
  "ProvisionedManaged",
  "GlobalProvisionedManaged",
  "DataZoneProvisionedManaged",
] as const;

const deployment = z.strictObject({
  model: z.string().describe("A name from models."),
  sku: z.enum(SKUS).describe("How Azure bills and places the capacity."),
  capacity: z
    .int()
    .min(1)
    .max(100_000)
    .describe("Thousands of tokens a minute; provisioned throughput units for a provisioned sku."),
  share: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe("Percent of the model's requests in this region. Left out: what the others leave."),
});

const cluster = z.strictObject({
  nodes: range.optional().describe("Least and most nodes of the user pool, for example 3-12."),
  size: z
    .string()
    .regex(
      /^Standard_\w+$/,
      "is not a VM size; write it as Azure does, for example Standard_D4ds_v5",
    )
    .optional()
    .describe("VM size of the nodes."),
});

const sizes = {
  cluster: cluster.prefault({}).describe("The Kubernetes cluster."),
  proxies: range.optional().describe("Least and most proxy pods, for example 3-30."),
  deployments: z.array(deployment).min(1).optional().describe("Capacity allocations of models."),
};

const region = z.strictObject({
  pool: label.optional().describe("Regions of one pool share users by weight. Default: its own."),
  weight: z.int().min(1).max(100).default(1).describe("Share of the pool's users."),
  state: z
    .enum(["planned", "serving", "draining"])
    .default("serving")
    .describe("planned: built, no traffic. serving. draining: on its way out."),
  residency: z
    .string()
    .optional()
    .describe("A label that routing.residency names, for example EU."),
  ...sizes,
});

const service = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9]{2,11}$/,
      "is not a service name; use 3 to 12 lower-case letters and digits, a letter first",
    )
    .describe("Prefix of every Azure name."),
  hostname: hostname.describe("What IDEs connect to."),
  zone: hostname.describe("The DNS zone that holds the hostname."),
  home: z
    .string()
    .optional()
    .describe("Azure location of the registry and logs. Default: the first region by name."),
  ttl: duration("1s", "1h").prefault("30s").describe("How long clients may keep a DNS answer."),
  objective: z
    .strictObject({
      success: percentage.describe("Requests that must succeed."),
      firstByte: duration("1ms", "1m").describe("A later first byte counts as a failure."),
      window: duration("1s", "1h").prefault("60s").describe("Judged over."),
    })
    .describe("A proxy that is under it votes itself out."),
  tokens: z.strictObject({
    lifetime: duration("10m", "2h").prefault("20m").describe("How long a token is good for."),
    exchange: exchangeSchema,
  }),
});

const model = z.strictObject({
  format: z.string().default("OpenAI").describe("Azure's word for the model's publisher."),
  model: z.string().min(1).describe("The model's name in Azure's catalogue."),
  version: z.string().min(1).describe("Pinned: Azure upgrades nothing by itself. Quote it."),
  api: modelApi.default("completions"),
});

export const fileSchema = z.strictObject({
  service,
  models: z.record(label, model).describe("What clients may ask for, by the name they use."),
  defaults: z
    .strictObject(sizes)
    .prefault({})
    .describe("Every region takes these unless it says otherwise."),
  regions: z
    .record(
      z.string(),
      z.preprocess((value) => value ?? {}, region),
    )
    .describe("Azure locations that serve, by Azure's name."),
  routing: z
    .strictObject({
      places: z
        .record(z.string(), z.string())
        .default({})
        .describe("Place (AF, EU-DE, NA-US-CA) to pool, over what is nearest."),
      residency: z
        .record(z.string(), z.array(z.string()).min(1))
        .default({})
        .describe("Place to the residency labels that may serve it, and take it over."),
      fallback: z
        .record(z.string(), z.string())
        .default({})
        .describe("Pool to the pool that takes it over first, over what is nearest."),
    })
    .prefault({}),
  traffic: rulesSchema.prefault({}).describe("What proxies do to requests."),
});

export type File = z.output<typeof fileSchema>;
