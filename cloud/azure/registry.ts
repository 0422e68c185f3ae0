import {createHash} from "node:crypto";
import {guid} from "../../infra/azure/names.ts";
import {never} from "../consequence.ts";
import {sole, spare, values} from "../description.ts";
import type {Inputs, View} from "../resource.ts";
import {arm, nameOf, ownerOf, plainly, TENANT, unless} from "./arm.ts";
import {environmentOf} from "./environments.ts";
import {checkKey, checkOpen, ENCRYPTS} from "./guards/customer-keys.ts";

export const registry = [
  arm<Registry>("containerregistry:Registry", {
    path: "Microsoft.ContainerRegistry/registries/{registryName}",
    purpose: "keeps the image; Premium for replications and private endpoints",
    price: {dollars: 50},
    loss: sole("every image"),
    summary: (at) => [
      at("sku.name"),
      at("location"),
      at("encryption.status") === "enabled" ? "encrypted by your key" : "",
    ],
    check: checkRegistry,
    // https://learn.microsoft.com/azure/container-registry/tutorial-enable-customer-managed-keys: when it is made, and never after.
    frozen: never(["encryption.status"]),
    claim: ({registryName}, {options}) => ({
      name: registryName.toLowerCase(),
      taken: `AlreadyInUse: The registry DNS name ${registryName}.${environmentOf(options).registries} is already in use.`,
    }),
    outputs: ({registryName}, {options}) => ({
      loginServer: `${registryName}.${environmentOf(options).registries}`,
    }),
  }),
  arm<Replication>("containerregistry:Replication", {
    path: "Microsoft.ContainerRegistry/registries/{registryName}/replications/{replicationName}",
    purpose: "a copy of the image in a region: none pulls across an ocean, or from a lost one",
    price: {dollars: 50},
    loss: spare("a copy of the images"),
    check: checkReplication,
  }),
  arm<CacheRule>("containerregistry:CacheRule", {
    path: "Microsoft.ContainerRegistry/registries/{registryName}/cacheRules/{cacheRuleName}",
    purpose: "the registry's own copy of an image that ours begin from",
    loss: spare("a copy of what images begin from"),
    summary: values("sourceRepository"),
    name: plainly(/^[a-zA-Z\d-]{5,50}$/, "5 to 50 letters, digits and '-'"),
    fixed: ["sourceRepository", "targetRepository"],
    check: checkCacheRule,
  }),
  arm("containerregistry:CredentialSet", {
    path: "Microsoft.ContainerRegistry/registries/{registryName}/credentialSets/{credentialSetName}",
    purpose: "how the registry signs in to Docker Hub, by two secrets of a vault",
    loss: spare("the way to what images begin from"),
    summary: values("loginServer"),
    name: plainly(/^[a-zA-Z\d-]{5,50}$/, "5 to 50 letters, digits and '-'"),
    fixed: ["loginServer"],
    outputs: (_, {id}) => ({
      identity: {type: "SystemAssigned", principalId: guid(`${id}/principal`), tenantId: TENANT},
    }),
  }),
  arm<TaskRun>("containerregistry:TaskRun", {
    path: "Microsoft.ContainerRegistry/registries/{registryName}/taskRuns/{taskRunName}",
    purpose: "builds an image, once for each content; or removes old ones",
    price: {use: "cents a build"},
    loss: spare("the record of a build"),
    summary: (at) => [
      at("runRequest.type") === "DockerBuildRequest"
        ? `builds ${at("runRequest.imageNames")}`
        : "removes old images",
    ],
    rights: ["Microsoft.ContainerRegistry/registries/listBuildSourceUploadUrl/action"],
    outputs: ({runRequest}, {id}) => ({runResult: succeeded(id, runRequest.imageNames ?? [])}),
  }),
];

/** Where a build's context is put: at an address that takes anything and keeps nothing. */
export const registryCalls = {
  "azure-native:containerregistry:listRegistryBuildSourceUploadUrl": ({registryName}: Inputs) => {
    const relativePath = `source/${digest(String(registryName)).slice(0, 12)}.tar.gz`;
    return {relativePath, uploadUrl: "data:,"};
  },
};

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

interface Registry {
  readonly registryName: string;
  readonly sku?: {readonly name?: string};
  readonly encryption?: {
    readonly status?: string;
    readonly keyVaultProperties?: {readonly keyIdentifier?: string; readonly identity?: string};
  };
}

function checkRegistry({sku, encryption}: Registry, view: View): string[] {
  if (encryption?.status !== "enabled") return [];
  const {keyIdentifier: url, identity} = encryption.keyVaultProperties ?? {};
  return [
    ...unless(
      sku?.name === "Premium",
      `FeatureNotSupported: A key of one's own is not supported for the registry sku '${sku?.name}'; use Premium.`,
    ),
    // https://github.com/MicrosoftDocs/azure-docs/issues/61015, and #61064: "caller is not a trusted service".
    ...(identity ? checkOpen({url, who: `The user-assigned identity '${identity}'`}, view) : []),
    ...checkKey({url, identity, by: ENCRYPTS}, view),
  ];
}

interface TaskRun {
  readonly runRequest: {readonly imageNames?: readonly string[]};
}

function succeeded(id: string, names: readonly string[]) {
  const outputImages = names.map((name) => {
    const [repository, tag] = name.split(":");
    return {repository, tag, digest: `sha256:${digest(name)}`};
  });
  return {runId: nameOf(id), status: "Succeeded", outputImages};
}

interface CacheRule {
  readonly sourceRepository: string;
  readonly targetRepository: string;
  readonly credentialSetResourceId?: string;
}

/** https://learn.microsoft.com/azure/container-registry/artifact-cache-overview, "Upstream support" and "Limitations". */
function checkCacheRule(rule: CacheRule, view: View): string[] {
  const {sourceRepository, targetRepository, credentialSetResourceId} = rule;
  const here = view
    .all("azure-native:containerregistry:CacheRule")
    .filter(({id}) => id !== view.id && ownerOf(id) === ownerOf(view.id));
  const taken = here.some(({inputs}) => inputs.targetRepository === targetRepository);
  return [
    ...unless(
      !sourceRepository.startsWith("docker.io/") || credentialSetResourceId,
      `CacheRuleInvalid: '${sourceRepository}' supports authenticated pulls only; name a credential set.`,
    ),
    ...unless(
      !taken,
      `CacheRuleConflict: Another cache rule has the target repository '${targetRepository}'.`,
    ),
  ];
}

interface Replication {
  readonly location: string;
}

function checkReplication({location}: Replication, {id, find}: View): string[] {
  const registry = find(ownerOf(id));
  if (!registry) return [];
  const {sku, location: home} = registry.inputs as {sku: {name: string}; location: string};
  return [
    ...unless(
      sku.name === "Premium",
      `FeatureNotSupported: Replications are not supported for the registry sku '${sku.name}'; use Premium.`,
    ),
    ...unless(
      home !== location,
      `InvalidReplicationLocation: The replication location '${location}' is the registry's home region.`,
    ),
  ];
}
