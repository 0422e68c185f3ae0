import {type Output, output, type Resource, type StackReference} from "@pulumi/pulumi";
import {hasAccount} from "../../regions/clouds/clouds.ts";
import type {Region, World} from "../../regions/world.ts";
import {createRuleGroups} from "../alerts/group.ts";
import {regionGroups} from "../alerts/world.ts";
import {customerKeyOf} from "../azure/customer-key.ts";
import {FlowLog} from "../azure/flow-log.ts";
import {createGroup, type Where} from "../azure/group.ts";
import {Model} from "../azure/model.ts";
import {vaultName} from "../azure/names.ts";
import {Network} from "../azure/network.ts";
import {createPrivateEndpoint} from "../azure/private-endpoint.ts";
import {registryAt} from "../azure/registry.ts";
import {
  openSubscriptions,
  requireSubscription,
  type Subscriptions,
} from "../azure/subscriptions.ts";
import {Vault} from "../azure/vault.ts";
import {Weights} from "../azure/weights.ts";
import {Admission} from "../cluster/admission.ts";
import {Certificate} from "../cluster/certificate.ts";
import {Cluster} from "../cluster/cluster.ts";
import {Edge} from "../cluster/edge.ts";
import {Gpus} from "../cluster/gpus/gpus.ts";
import {Issuer} from "../cluster/issuer.ts";
import {Proxies, policyOf} from "../cluster/proxy.ts";
import type {Ground} from "../cluster/workload-identity.ts";
import {buildImages, type Images} from "../image/images.ts";
import {heldTo, type Pins, pinned, readPins, weightsPin} from "./pins.ts";
import {referTo} from "./stack-reference.ts";

/** Everything in one region: model, network, vault, cluster, proxies, issuer and edge. */
export async function regionStack(
  world: World,
  asked: Region,
  {shared = readShared(), pins = readPins(world)}: Given = {},
) {
  const region = heldTo(asked, pins);
  const subscriptions = await openSubscriptions(world);
  requireSubscription(region, subscriptions);
  const {groupId, where} = createGroup(world, region.name, region.name);
  const network = new Network("network", {region, where});
  const key = customerKeyOf(region.encryption, {where, subscriptions, stack: region.name});
  const model = hasAccount(region)
    ? new Model("model", {world, region, where, network, key})
    : undefined;
  const vault = new Vault("vault", {
    where,
    network,
    existing: region.existing.vault,
    restore: region.restore,
    // Pods come over the private endpoint, and Azure Resource Manager writes the secrets.
    access: region.access ?? [],
    vaultName: vaultName(world, region.name),
    subscriptions,
    secrets: {
      "token-signing-key": shared.signingKey,
      "token-signing-key-next": shared.nextSigningKey,
      ...readSealing(world),
    },
  });
  const made = await imagesOf({world, region, where, subscriptions}, shared);
  const {registryId, image: built, edgeImage, cliImage} = made;
  const image = pins.image === undefined ? built : pinned(built, pins.image);
  const policy = pins.policy ?? JSON.stringify(policyOf(world, region), null, 2);
  const logsId = output(region.existing.logs ?? shared.logsId);
  const images = createRegistryEndpoint({region, where, network, registryId});
  const cluster = new Cluster(
    "cluster",
    {
      world,
      region,
      groupId,
      where,
      tenantId: subscriptions.tenantId,
      registryId,
      nodesSubnetId: network.nodesSubnetId,
      logsId,
      metricsId: shared.metricsId,
      key,
    },
    {dependsOn: images},
  );
  if (world.service.images.admission) new Admission("admission", {cluster, image: built});
  if (region.flowLogs) {
    const {nodesSubnetId} = network;
    new FlowLog("flow-log", {world, region, where, subscriptions, nodesSubnetId, logsId});
  }
  const ground: Ground = {region, where, cluster, vault};
  new Issuer("issuer", {world, ground, image}, {dependsOn: vault});
  const proxies = new Proxies(
    "proxies",
    {world, ground, image, policy, jwks: shared.jwks, modelId: model?.id},
    {dependsOn: model ? [vault, model] : [vault]},
  );
  const gpus = region.replicas.length > 0 ? gpuImagesOf(made) : undefined;
  if (gpus) {
    const weights = new Weights("weights", {world, region, where, network});
    const {metricsId, metricsUrl} = shared;
    const images = {...gpus, cliImage};
    new Gpus("gpus", {world, ground, network, weights, images, metricsId, metricsUrl});
  }
  const certificate = new Certificate(
    "certificate",
    {world, ground, image: cliImage},
    {dependsOn: vault},
  );
  const subnetId = network.entranceSubnetId;
  const edgeArgs = {world, ground, image: edgeImage, subnetId};
  const edge = new Edge("edge", edgeArgs, {dependsOn: certificate});
  createRuleGroups(regionGroups(world, region), {world, where, metricsId: shared.metricsId});
  return {
    publicName: edge.publicName,
    address: edge.address,
    ...(model && {model: model.url, modelId: model.id}),
    ...(network.zones.model && {modelZoneId: network.zones.model}),
    endpointsSubnetId: network.endpointsSubnetId,
    proxyPrincipalId: proxies.principalId,
    ...(network.outboundAddress && {outboundAddress: network.outboundAddress}),
    image,
    // For who clears the registry.
    ...(world.service.images.keep && {edgeImage, cliImage, ...gpus}),
    policy,
    ...(region.replicas.length > 0 && {weights: weightsPin(region)}),
  };
}

/** What is read of elsewhere unless it is given. */
export interface Given {
  readonly shared?: Shared;
  readonly pins?: Pins;
}

export type Shared = ReturnType<typeof readShared>;

/** The outputs of `global` that every region needs. */
export function readShared(stack: StackReference = referTo("global")) {
  const read = (name: string) => stack.requireOutput(name) as Output<string>;
  return {
    registryId: read("registryId"),
    logsId: read("logsId"),
    metricsId: read("metricsId"),
    image: read("image"),
    edgeImage: read("edgeImage"),
    cliImage: read("cliImage"),
    jwks: read("jwks"),
    signingKey: read("signingKey"),
    nextSigningKey: read("nextSigningKey"),
    // These are there where a region has GPUs, and nobody asks for them elsewhere.
    get metricsUrl() {
      return read("metricsUrl");
    },
    get vllmImage() {
      return read("vllmImage");
    },
    get pluginImage() {
      return read("pluginImage");
    },
  };
}

/** What `imagesOf` made for regions with GPUs. */
const gpuImagesOf = ({vllmImage, pluginImage}: Pick<Images, "vllmImage" | "pluginImage">) => ({
  vllmImage: vllmImage!,
  pluginImage: pluginImage!,
});

/** The secrets of personal keys, where the service makes them. */
function readSealing({service}: World): Record<string, Output<string>> {
  if (!service.tokens.keys) return {};
  const stack = referTo("global");
  const read = (name: string) => stack.requireOutput(name) as Output<string>;
  return {"sealing-key": read("sealingKey"), "sealing-key-next": read("nextSealingKey")};
}

interface Builder {
  readonly world: World;
  readonly region: Region;
  readonly where: Where;
  readonly subscriptions: Subscriptions;
}

/** The images that `global` built, or the same ones built again in the region's own registry. */
async function imagesOf({world, region, where, subscriptions}: Builder, shared: Shared) {
  const own = region.existing.registry;
  if (!own) return shared;
  const registry = registryAt(world, own, subscriptions);
  const images = await buildImages({world, where, stack: region.name, registry});
  return {registryId: output(own), ...images};
}

/** Lets nodes pull images privately. A hub with shared zones already has such an endpoint. */
function createRegistryEndpoint({
  region,
  where,
  network,
  registryId,
}: {
  region: Region;
  where: Where;
  network: Network;
  registryId: Output<string>;
}): Resource[] {
  if (region.existing.network?.zones) return [];
  const args = {where, to: "registry", target: registryId} as const;
  const at = {subnetId: network.endpointsSubnetId, zoneId: network.zones.registry};
  return [createPrivateEndpoint("registry", {...args, ...at}, {parent: network})];
}
