import type {AzureModel, Sku} from "../world.ts";
import type {DataZone} from "./data-zones.ts";

/** A version of a model on sale at Azure, as Microsoft's pages had it. Preflight asks Azure itself. */
export interface Release {
  /** After this day its deployments answer 410. */
  readonly retires: string;
  /** From this day on only subscriptions that have deployed this version may deploy it. */
  readonly closes: string;
  readonly skus: readonly Sku[];
  /** The data zones that it is sold in; undefined where that is not known. */
  readonly zones?: readonly DataZone[];
  /** Locations that people deploy to and that do not have it. */
  readonly absent?: readonly string[];
  /** What a unit of standard capacity allows a minute, beside a thousand tokens. */
  readonly requestsPerUnit: number;
  /** What to name instead; Microsoft names its own replacement 90 to 120 days before. Undefined for the newest. */
  readonly successor?: string;
}

const GLOBAL_AND_ZONES: readonly Sku[] = ["GlobalStandard", "DataZoneStandard"];
const PROVISIONED: readonly Sku[] = ["GlobalProvisionedManaged", "DataZoneProvisionedManaged"];
const EVERYWHERE: readonly Sku[] = [
  "Standard",
  "ProvisionedManaged",
  ...GLOBAL_AND_ZONES,
  ...PROVISIONED,
];

/**
 * By model and version. Days: learn.microsoft.com/azure/foundry/openai/concepts/model-retirement-schedule (2026-09-02);
 * closed to new subscriptions 12 months after the launch, and retired 18 months after it where no day is named yet, by
 * concepts-model-retirements-content.md (2026-10-05). Skus, zones, locations:
 * foundry-models/includes/model-matrix/deployments-standard.md (2026-06-11), openai/includes/quota-tier/tier-1.md
 * (2026-08-20). Requests: tier-1.md, which has both limits of each model.
 */
export const releases: Readonly<Record<string, Release>> = {
  "gpt-6-luna 2026-09-22": {
    retires: "2028-03-22",
    closes: "2027-09-22",
    skus: GLOBAL_AND_ZONES,
    requestsPerUnit: 1,
  },
  "gpt-5.6-luna 2026-07-09": {
    retires: "2028-01-11",
    closes: "2027-07-09",
    skus: [...GLOBAL_AND_ZONES, ...PROVISIONED, "ProvisionedManaged"],
    zones: ["US", "EU"],
    requestsPerUnit: 1,
    successor: "gpt-6-luna",
  },
  "gpt-5.4-nano 2026-03-17": {
    retires: "2027-09-21",
    closes: "2027-03-17",
    skus: GLOBAL_AND_ZONES,
    zones: ["US"],
    requestsPerUnit: 1,
    successor: "gpt-6-luna",
  },
  "gpt-5.4-mini 2026-03-17": {
    retires: "2027-09-21",
    closes: "2027-03-17",
    skus: [...GLOBAL_AND_ZONES, ...PROVISIONED],
    zones: ["US"],
    requestsPerUnit: 1,
    successor: "gpt-6-luna",
  },
  "gpt-5-nano 2025-08-07": {
    retires: "2027-02-09",
    closes: "2026-08-07",
    skus: [...GLOBAL_AND_ZONES, ...PROVISIONED],
    zones: ["US", "EU"],
    absent: ["canadacentral"],
    requestsPerUnit: 1,
    successor: "gpt-5.4-nano",
  },
  "gpt-4.1-mini 2025-04-14": {
    retires: "2027-04-14",
    closes: "2026-04-14",
    skus: EVERYWHERE,
    zones: ["US", "EU"],
    requestsPerUnit: 1,
    successor: "gpt-5.4-mini",
  },
  "gpt-4.1-nano 2025-04-14": {
    retires: "2027-04-14",
    closes: "2026-04-14",
    skus: EVERYWHERE.filter((sku) => sku !== "Standard"),
    zones: ["US", "EU"],
    absent: ["canadacentral"],
    requestsPerUnit: 1,
    successor: "gpt-5.4-nano",
  },
};

export const releaseOf = ({
  model,
  version,
}: Pick<AzureModel, "model" | "version">): Release | undefined =>
  Object.hasOwn(releases, `${model} ${version}`) ? releases[`${model} ${version}`] : undefined;

/** All that is known of by name. */
export const releasedModels: readonly string[] = [
  ...new Set(Object.keys(releases).map((name) => name.split(" ")[0]!)),
];

export const versionsOf = (model: string): string[] =>
  Object.keys(releases).flatMap((name) =>
    name.startsWith(`${model} `) ? name.split(" ")[1]! : [],
  );

/** The newest version that is known of a model. */
export const newestVersion = (model: string): string | undefined =>
  Object.keys(releases)
    .map((name) => name.split(" "))
    .filter(([name]) => name === model)
    .map(([, version]) => version!)
    .toSorted()
    .at(-1);
