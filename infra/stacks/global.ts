import * as dns from "@pulumi/azure-native/dns/index.js";
import * as monitor from "@pulumi/azure-native/monitor/index.js";
import * as logs from "@pulumi/azure-native/operationalinsights/index.js";
import {Config, type Output, output, unsecret} from "@pulumi/pulumi";
import {isInside} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import {createRuleGroups} from "../alerts/group.ts";
import {worldGroups} from "../alerts/world.ts";
import {customerKeyOf} from "../azure/customer-key.ts";
import {createGroup, type Where} from "../azure/group.ts";
import {publicKeys, requireSealingKey, requireSigningKey, sealingKeyOf} from "../azure/keys.ts";
import {logsName, metricsName, vaultName} from "../azure/names.ts";
import {Registry, registryAt} from "../azure/registry.ts";
import {openSubscriptions, type Subscriptions} from "../azure/subscriptions.ts";
import {Vault} from "../azure/vault.ts";
import {buildImages} from "../image/images.ts";

/** The name of the signing key in vaults. */
const SIGNING_KEY = "token-signing-key";

/** What all regions share: registry and image, signing keys, DNS zone, log and metrics workspaces. */
export async function globalStack(world: World) {
  const {existing} = world.service;
  const config = new Config();
  const signingKey = requireSigningKey(config.getSecret("signingKey"));
  const nextSigningKey = config.getSecret("nextSigningKey");
  const subscriptions = await openSubscriptions(world);
  const {where} = createGroup(world, "global", world.service.home);
  const key = customerKeyOf(world.service.encryption, {where, subscriptions, stack: "global"});
  const registry = existing.registry
    ? registryAt(world, existing.registry, subscriptions)
    : new Registry("registry", {world, where, key});
  const images = await buildImages({world, where, stack: "global", registry});
  const sealing = sealingOf(world, config);
  const {written} = createVault(
    {world, where, subscriptions},
    {
      [SIGNING_KEY]: signingKey,
      ...(nextSigningKey && {"token-signing-key-next": nextSigningKey}),
      ...(sealing && {"sealing-key": sealing.sealingKey}),
      ...(sealing?.next && {"sealing-key-next": sealing.next}),
    },
  );
  const keys = {signingKey, nextSigningKey, signsSince: written[SIGNING_KEY]};
  const metrics = createMetrics(world, where);
  createRuleGroups(worldGroups(world), {world, where, metricsId: metrics.id});
  return {
    registryId: registry.id,
    ...images,
    logsId: existing.logs ?? createLogs(world, where).id,
    metricsId: metrics.id,
    ...(world.regions.some(hasReplicas) && {
      metricsUrl: metrics.metrics.prometheusQueryEndpoint,
    }),
    ...(!existing.zone && !isInside(world) && {nameServers: createZone(world, where).nameServers}),
    jwks: unsecret(output(keys).apply(publicKeys)),
    signingKey,
    // Regions always mount both, even when no new key is being introduced.
    nextSigningKey: nextSigningKey ?? signingKey,
    ...(sealing && {
      sealingKey: sealing.sealingKey,
      nextSealingKey: sealing.next ?? sealing.sealingKey,
    }),
  };
}

const hasReplicas = ({replicas}: Region) => replicas.length > 0;

/** The secrets of personal keys; undefined where the service makes none. */
function sealingOf({service}: World, config: Config) {
  if (!service.tokens.keys) return undefined;
  const read = (name: "sealingKey" | "nextSealingKey") =>
    config.getSecret(name)?.apply((text) => sealingKeyOf(name, text));
  return {sealingKey: requireSealingKey(read("sealingKey")), next: read("nextSealingKey")};
}

/** A backup of the keys in case the stack's configuration is lost. Regions have vaults of their own. */
function createVault(
  {world, where, subscriptions}: {world: World; where: Where; subscriptions: Subscriptions},
  secrets: Readonly<Record<string, Output<string>>>,
) {
  return new Vault("vault", {
    where,
    subscriptions,
    vaultName: vaultName(world, "global"),
    restore: world.service.restore,
    // Nobody has network access: Azure Resource Manager writes the secrets, and a reader must first add a rule.
    access: [],
    protect: true,
    secrets,
  });
}

function createLogs(world: World, where: Where) {
  const args = {
    ...where,
    workspaceName: logsName(world),
    sku: {name: "PerGB2018"},
    retentionInDays: 30,
    // Readers authenticate with Entra; workspace keys would be shared.
    features: {disableLocalAuth: true},
  };
  return new logs.Workspace("logs", args, {protect: true});
}

function createMetrics(world: World, where: Where) {
  const args = {...where, azureMonitorWorkspaceName: metricsName(world)};
  return new monitor.AzureMonitorWorkspace("metrics", args, {protect: true});
}

/** Protected, because the parent zone delegates to its name servers, and a new zone would get other ones. */
function createZone({service}: World, where: Where) {
  const args = {...where, location: "global", zoneName: service.zone};
  return new dns.Zone("zone", args, {protect: true});
}
