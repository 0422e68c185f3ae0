import {z} from "zod";
import type {Arm} from "./azure/arm.ts";
import {versions} from "./azure/versions.ts";

/** A name that a stack takes in a namespace shared by all of Azure's customers. */
export interface WantedName {
  readonly kind: keyof typeof namespaces;
  readonly name: string;
  /** The stack's own name for the resource, if it differs. */
  readonly resource?: string;
  /** The location, for names that are unique within one. */
  readonly location?: string;
  /** Whether the stack takes back what was deleted; undefined where names are not kept. */
  readonly restore?: boolean;
}

/** A namespace of Azure's, and how to ask whether a name in it is free. */
export interface Namespace {
  readonly type: string;
  ask(arm: Arm, subscription: string, wanted: WantedName): Promise<Availability>;
  /** The path, below the subscription, of the list of deleted resources that keep their names. */
  readonly deleted?: {readonly path: string; readonly version: string};
}

/** The three shapes in which services answer. */
const availability = z
  .object({
    nameAvailable: z.boolean().nullish(),
    isSubdomainAvailable: z.boolean().nullish(),
    available: z.boolean().nullish(),
    message: z.string().nullish(),
    reason: z.string().nullish(),
  })
  .transform(({nameAvailable, isSubdomainAvailable, available, message, reason}) => ({
    free: nameAvailable ?? isSubdomainAvailable ?? available,
    why: message || reason || "taken",
  }))
  .refine(({free}) => typeof free === "boolean", "does not say whether the name is free");

type Availability = z.output<typeof availability>;

/** A service with a `check…Availability` of its own. */
const posted = (
  type: string,
  check: string,
  version: string,
  body = (name: string): object => ({name, type}),
) => ({
  type,
  ask: (arm: Arm, subscription: string, {name}: WantedName) =>
    arm.post(`${subscription}/providers/${check}`, version, availability, body(name)),
});

export const namespaces = {
  account: {
    ...posted(
      "Microsoft.CognitiveServices/accounts",
      "Microsoft.CognitiveServices/checkDomainAvailability",
      versions.cognitiveServices,
      (subdomainName) => ({
        subdomainName,
        type: "Microsoft.CognitiveServices/accounts",
        kind: "OpenAI",
      }),
    ),
    deleted: {
      path: "Microsoft.CognitiveServices/deletedAccounts",
      version: versions.cognitiveServices,
    },
  },
  vault: {
    ...posted(
      "Microsoft.KeyVault/vaults",
      "Microsoft.KeyVault/checkNameAvailability",
      versions.vaults,
    ),
    deleted: {path: "Microsoft.KeyVault/deletedVaults", version: versions.vaults},
  },
  registry: posted(
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.ContainerRegistry/checkNameAvailability",
    versions.registries,
  ),
  profile: posted(
    "Microsoft.Network/trafficManagerProfiles",
    "Microsoft.Network/checkTrafficManagerNameAvailabilityV2",
    versions.trafficManager,
  ),
  address: {
    type: "Microsoft.Network/publicIPAddresses",
    ask: (arm: Arm, subscription: string, {name, location}: WantedName) =>
      arm.get(
        `${subscription}/providers/Microsoft.Network/locations/${location}/CheckDnsNameAvailability`,
        versions.network,
        availability,
        {domainNameLabel: name},
      ),
  },
} satisfies Record<string, Namespace>;
