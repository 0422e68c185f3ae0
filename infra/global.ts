import * as dns from "@pulumi/azure-native/dns/index.js";
import * as logs from "@pulumi/azure-native/operationalinsights/index.js";
import {Config, output, unsecret} from "@pulumi/pulumi";
import type {World} from "../regions/world.ts";
import {bundle} from "./bundle.ts";
import {createGroup, type Where} from "./group.ts";
import {Image} from "./image.ts";
import {publicKeys, requireSigningKey} from "./keys.ts";
import {logsName} from "./names.ts";
import {Registry} from "./registry.ts";

/** What all regions share: the image and where it is kept, the key that signs tokens, the zone, the logs. */
export async function globalStack(world: World) {
  const config = new Config();
  const signingKey = requireSigningKey(config.getSecret("signingKey"));
  const nextSigningKey = config.getSecret("nextSigningKey");
  const files = await bundle();
  const {where} = createGroup(world, "global", world.service.home);
  const workspace = createLogs(world, where);
  const zone = createZone(world, where);
  const registry = new Registry("registry", {world, where});
  const image = new Image("image", {world, where, registry, bundle: files});
  return {
    registry: registry.loginServer,
    registryId: registry.id,
    image: image.reference,
    logsId: workspace.id,
    nameServers: zone.nameServers,
    jwks: unsecret(output({signingKey, nextSigningKey}).apply(publicKeys)),
    signingKey,
    // Regions mount both, whether or not one is being rotated in.
    nextSigningKey: nextSigningKey ?? signingKey,
  };
}

function createLogs(world: World, where: Where) {
  const args = {...where, workspaceName: logsName(world), sku: {name: "PerGB2018"}};
  return new logs.Workspace("logs", {...args, retentionInDays: 30});
}

/** Its name servers are what the parent zone delegates to: another zone would have others. */
function createZone({service}: World, where: Where) {
  const args = {...where, location: "global", zoneName: service.zone};
  return new dns.Zone("zone", args, {protect: true});
}
