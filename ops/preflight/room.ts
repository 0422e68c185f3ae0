import type {Arm} from "./azure/arm.ts";
import {ArmError, oneLine} from "./azure/arm-error.ts";
import {versions} from "./azure/versions.ts";
import type {Demand, Held} from "./demand.ts";
import {unknown, type Verdict} from "./finding.ts";
import {judgeKubernetes, kubernetesSchema} from "./kubernetes.ts";
import {judgeCores, judgeSizes, sizeSchema} from "./machines.ts";
import {judgeModels} from "./models.ts";
import {offerSchema} from "./offers.ts";
import {judgeQuota, usageSchema} from "./quota.ts";

/** A location to look for room in. */
export interface Site {
  readonly arm: Arm;
  /** `/subscriptions/ID` */
  readonly subscription: string;
  readonly location: string;
  readonly demand: Demand;
  readonly held: Held;
  readonly nowMs: number;
}

/** Every question about room in a location, cheapest first. */
const questions: Readonly<Record<string, (site: Site) => Promise<Verdict[]>>> = {
  async model(site) {
    if (site.demand.deployments.length === 0) return [];
    return judgeModels(site.demand.deployments, await offersAt(site), site.held, site.nowMs);
  },
  async quota(site) {
    if (site.demand.deployments.length === 0) return [];
    const [offers, usages] = await Promise.all([
      offersAt(site),
      usagesAt(site, "Microsoft.CognitiveServices", versions.cognitiveServices),
    ]);
    return judgeQuota(site.demand.deployments, offers, usages, site.held);
  },
  async Kubernetes(site) {
    return judgeKubernetes(site.demand, await kubernetesAt(site), site.held);
  },
  async nodes(site) {
    return judgeSizes(site.demand, await sizesAt(site));
  },
  async vCPUs(site) {
    const [sizes, usages] = await Promise.all([
      sizesAt(site),
      usagesAt(site, "Microsoft.Compute", versions.compute),
    ]);
    return judgeCores(site.demand, sizes, usages, site.held);
  },
};

/** Asks every question; one that cannot be answered does not hide the others. */
export async function roomAt(site: Site): Promise<Verdict[]> {
  const asked = Object.entries(questions).map(([check, question]) =>
    answered(check, "all", () => question(site)),
  );
  return (await Promise.all(asked)).flat();
}

/**
 * Whether everything fits; stops at the first thing that does not. A location where Azure does not run a
 * service has no room. Throws if Azure cannot be asked.
 */
export async function hasRoom(site: Site): Promise<boolean> {
  try {
    for (const question of Object.values(questions)) {
      const verdicts = await question(site);
      if (verdicts.some(({status}) => status !== "ok")) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof ArmError && NOT_RUN.includes(error.code ?? "")) return false;
    throw error;
  }
}

/** https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider, and its sisters. */
const NOT_RUN = [
  "NoRegisteredProviderFound",
  "LocationNotAvailableForResourceType",
  "InvalidResourceType",
  "InvalidLocation",
];

/** What a check says; if it cannot run, the reason is its verdict. */
export async function answered(
  check: string,
  asked: string,
  question: () => Promise<Verdict[]>,
): Promise<Verdict[]> {
  try {
    return await question();
  } catch (error) {
    const {message} = error as Error;
    return [unknown(check, asked, oneLine(message), mendOf(error))];
  }
}

function mendOf(error: unknown): string {
  const {status} = error as {status?: number};
  if (status === 401) return "sign in to the subscription's tenant: az login --tenant ID";
  if (status === 403) return "ask for the role Reader on the subscription";
  if (status === 404) return "check --subscription and --arm, and that the location is open to you";
  return "run it again";
}

/** Every model that the location offers, to accounts of all kinds. */
export const offersAt = ({
  arm,
  subscription,
  location,
}: Pick<Site, "arm" | "subscription" | "location">) =>
  arm.list(
    `${subscription}/providers/Microsoft.CognitiveServices/locations/${location}/models`,
    versions.models,
    offerSchema,
  );

async function kubernetesAt({arm, subscription, location}: Site) {
  const provider = `${subscription}/providers/Microsoft.ContainerService/locations/${location}`;
  const {values} = await arm.get(
    `${provider}/kubernetesVersions`,
    versions.clusters,
    kubernetesSchema,
  );
  return values;
}

const usagesAt = ({arm, subscription, location}: Site, provider: string, version: string) =>
  arm.list(
    `${subscription}/providers/${provider}/locations/${location}/usages`,
    version,
    usageSchema,
  );

/** Without the filter Azure sends those of all locations, some hundred megabytes. */
const sizesAt = ({arm, subscription, location}: Site) =>
  arm.list(`${subscription}/providers/Microsoft.Compute/skus`, versions.sizes, sizeSchema, {
    $filter: `location eq '${location}'`,
  });
