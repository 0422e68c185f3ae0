import {z} from "zod";
import {
  BALANCES,
  chatParameters,
  hostUrl,
  modelAliases,
  modelApi,
  modelTemplate,
  rulesSchema,
} from "../proxy/policy.ts";
import {CLOUDS} from "./azure.ts";
import {exchangeSchema, personalKeysSchema} from "./exchange.ts";
import {
  encryptionSchema,
  filterSchema,
  flowLogsSchema,
  sharedEncryptionSchema,
} from "./guards/guards.ts";
import {hostname, zoneName} from "./hostname.ts";
import {label, line, residencyLabel, secretName, serviceName} from "./name-rules.ts";
import {
  alertsSchema,
  globalExistingSchema,
  imagesSchema,
  platform,
  regionExistingSchema,
} from "./platform.ts";
import {gpuOverSchema, gpuSchema} from "./replicas/schema.ts";
import {tagsSchema} from "./tags.ts";
import {milliseconds, percentage, range, seconds} from "./units.ts";

/** regions.yaml as written. world.ts has its completed form. */

export const SKUS = [
  "Standard",
  "GlobalStandard",
  "DataZoneStandard",
  "ProvisionedManaged",
  "GlobalProvisionedManaged",
  "DataZoneProvisionedManaged",
] as const;

/** Which are asked before which. */
const priority = z
  .int()
  .min(1)
  .max(9)
  .optional()
  .describe(
    "Those of a greater number are asked only where those of a smaller one have no room. Left out: 1.",
  );

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
  priority,
  filter: z
    .string()
    .optional()
    .describe(
      "A name from filters, Microsoft.Default or Microsoft.DefaultV2. Left out: Azure's own choice.",
    ),
});

/** A model host outside Azure: anything that speaks OpenAI's API, Mistral's FIM or llama-server's /infill. */
const host = z.strictObject({
  model: z.string().describe("A name from models, whose host is url."),
  url: hostUrl(/^https$/, "is not an https address").describe(
    "Base address in this region, with or without /v1 at its end; /v1/completions, or what else the model's api is asked at, is added.",
  ),
  key: secretName("a secret's name")
    .optional()
    .describe("Name of the secret in the region's Key Vault that opens it. Left out: it is open."),
  protocol: z.enum(["h2", "http/1.1"]).default("h2").describe("What it speaks."),
  share: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe("Percent of the model's requests in this region. Left out: what the others leave."),
  priority,
});

const sizes = {
  ...platform,
  proxies: range.optional().describe("Least and most proxy pods, for example 3-30."),
  deployments: z
    .array(deployment)
    .optional()
    .describe("Capacity allocations of models. []: none, whatever the defaults say."),
  hosts: z
    .array(host)
    .optional()
    .describe("Endpoints of models that Azure does not host. []: none, whatever the defaults say."),
  gpus: z
    .record(label, gpuOverSchema)
    .optional()
    .describe("By the name of a model whose host is gpu: what is said over it here."),
};

const region = z.strictObject({
  pool: label.optional().describe("Regions of one pool share users by weight. Default: its own."),
  weight: z.int().min(1).max(100).default(1).describe("Share of the pool's users."),
  state: z
    .enum(["planned", "serving", "draining"])
    .default("serving")
    .describe("planned: built, no traffic. serving. draining: on its way out."),
  residency: residencyLabel
    .optional()
    .describe("A label that routing.residency names, for example EU."),
  restore: z
    .boolean()
    .default(false)
    .describe("Take back this region's account and vault, deleted but not yet gone."),
  subscription: z
    .guid("is not a subscription's id; write it as Azure shows it, a GUID")
    .optional()
    .describe(
      "Id of the Azure subscription that the region is in: each has quota of its own. Left out: that of the stack's configuration.",
    ),
  existing: regionExistingSchema
    .prefault({})
    .describe("What is there already, by its id, and is not made."),
  encryption: encryptionSchema.optional(),
  flowLogs: flowLogsSchema.optional(),
  ...sizes,
});

/** What may be said over the service's objective: one of them at least. */
const ownObjective = z
  .strictObject({
    success: percentage.optional().describe("Requests that must succeed."),
    firstByte: milliseconds("1ms", "1m")
      .optional()
      .describe("A later first byte counts as a failure."),
  })
  .refine(({success, firstByte}) => success !== undefined || firstByte !== undefined, {
    error: "is empty; give firstByte or success, or leave it out",
  })
  .optional();

const service = z.strictObject({
  name: serviceName.describe("Prefix of every Azure name."),
  hostname: hostname.describe("What IDEs connect to."),
  zone: zoneName.describe("The DNS zone that holds the hostname."),
  cloud: z
    .enum(CLOUDS)
    .default("public")
    .describe(
      "The cloud of Azure that all of it is in. government: Azure Government. china: Azure operated by 21Vianet.",
    ),
  home: z
    .string()
    .optional()
    .describe("Azure location of the registry and logs. Default: the first region by name."),
  existing: globalExistingSchema
    .prefault({})
    .describe("What is there already, by its id, and is not made."),
  restore: z
    .boolean()
    .default(false)
    .describe("Take back the vault of global, deleted but not yet gone."),
  images: imagesSchema.prefault({}).describe("The images that pods run."),
  encryption: sharedEncryptionSchema.optional(),
  tags: tagsSchema.default({}).describe("Put on every Azure resource that takes tags."),
  ttl: seconds("1s", "1h").prefault("30s").describe("How long clients may keep a DNS answer."),
  objective: z
    .strictObject({
      success: percentage.describe("Requests that must succeed."),
      firstByte: milliseconds("1ms", "1m").describe("A later first byte counts as a failure."),
      window: milliseconds("1s", "1h").prefault("60s").describe("Judged over."),
      nextEdits: ownObjective.describe(
        "Of next edits. Left out: the model's success, and twice its time to the first byte.",
      ),
    })
    .describe("A proxy that is under it votes itself out."),
  alerts: alertsSchema.prefault({}).describe("What fires when the objective is missed, and more."),
  tokens: z.strictObject({
    lifetime: seconds("10m", "2h").prefault("20m").describe("How long a token is good for."),
    exchange: exchangeSchema,
    keys: personalKeysSchema,
  }),
});

const model = z.strictObject({
  host: z
    .enum(["azure", "url", "gpu"])
    .default("azure")
    .describe(
      "azure: Azure OpenAI, by deployments. gpu: servers of your own on GPUs, beside the proxies. url: any other host, by hosts.",
    ),
  gpu: gpuSchema.optional().describe("Of a model whose host is gpu."),
  format: line
    .default("OpenAI")
    .describe("The model's publisher in Azure's catalogue; regions can deploy OpenAI's alone."),
  model: line.describe("What its host calls it: the name in Azure's catalogue."),
  version: line
    .optional()
    .describe("In Azure's catalogue. Pinned: Azure upgrades nothing by itself. Quote it."),
  api: modelApi
    .optional()
    .describe(
      "How its hosts are asked for completions. Left out: as Azure's model is, by chat or, where it speaks nothing else, by Responses; completions of a url. mistral: Mistral's FIM. infill: llama-server's own /infill.",
    ),
  template: modelTemplate.optional(),
  parameters: chatParameters.optional(),
  aliases: modelAliases,
  successor: z
    .string()
    .optional()
    .describe("A name from models, which serves once no deployment of this one is left."),
  overflow: z
    .string()
    .optional()
    .describe("A name from models, which takes what this one has no room for in its region."),
  balance: z
    .enum(BALANCES)
    .optional()
    .describe(
      "weight: its deployments by their shares. load: by what is under way at each, and how soon each answers. Left out: load on GPUs, weight elsewhere.",
    ),
  hedge: percentage
    .optional()
    .describe(
      "So many of its requests at most may be asked of a second host when the first is late; the first answer counts. Left out: 2% on GPUs, none elsewhere.",
    ),
  objective: ownObjective.describe(
    "Over the service's, for this model alone; for example 400ms for one on GPUs of your own.",
  ),
});

export const fileSchema = z.strictObject({
  service,
  models: z.record(label, model).describe("What clients may ask for, by the name they use."),
  filters: z
    .record(label, filterSchema)
    .default({})
    .describe("Content filters of yours, by the name that deployments use."),
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
        .describe(
          "Place to pool, over what is nearest. A place is a state or province (NA-US-CA or US-CA), a country (EU-DE or DE), EU or EEA by law, a continent (africa, north-america) or world; the most specific counts.",
        ),
      residency: z
        .record(z.string(), z.array(z.string()).min(1))
        .default({})
        .describe(
          "Place, written as in routing.places, to the residency labels that alone may serve it and take it over. EU and EEA are states and territories by law, not Europe.",
        ),
      fallback: z
        .record(z.string(), z.string())
        .default({})
        .describe("Pool to the pool that takes it over first, over what is nearest."),
    })
    .prefault({}),
  traffic: rulesSchema.prefault({}).describe("What proxies do to requests."),
});

export type File = z.output<typeof fileSchema>;

/** The parts of the file as they are written. */
export type Written = Pick<
  z.input<typeof fileSchema>,
  "service" | "models" | "filters" | "traffic"
>;
export type WrittenRegion = z.input<typeof region>;
