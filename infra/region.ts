import * as authorization from "@pulumi/azure-native/authorization/index.js";
import {getOrganization, getProject, type Output, StackReference} from "@pulumi/pulumi";
import type {Region, World} from "../regions/world.ts";
import type {Ground} from "./access.ts";
import {Cluster} from "./cluster.ts";
import {Edge} from "./edge.ts";
import {createGroup} from "./group.ts";
import {Issuer} from "./issuer.ts";
import {Model} from "./model.ts";
import {Network} from "./network.ts";
import {Proxies} from "./proxy.ts";
import {Vault} from "./vault.ts";

/** Everything of one region: a model endpoint with the proxies beside it, and their front door. */
export function regionStack(world: World, region: Region) {
  const shared = readShared();
  const {groupId, where} = createGroup(world, region.name, region.name);
  const {nodesSubnetId} = new Network("network", where);
  const model = new Model("model", {world, region, where, nodesSubnetId});
  const vault = new Vault("vault", {
    world,
    region,
    where,
    tenantId: authorization.getClientConfigOutput().tenantId,
    secrets: {
      "token-signing-key": shared.signingKey,
      "token-signing-key-next": shared.nextSigningKey,
      "model-key": model.key,
    },
  });
  const cluster = new Cluster("cluster", {
    world,
    region,
    groupId,
    where,
    nodesSubnetId,
    registryId: shared.registryId,
    logsId: shared.logsId,
  });
  const ground: Ground = {region, where, cluster, vault};
  const {image, jwks} = shared;
  new Issuer("issuer", {world, ground, image}, {dependsOn: vault});
  new Proxies("proxies", {world, ground, image, jwks}, {dependsOn: [vault, model]});
  const edge = new Edge("edge", {world, ground});
  return {publicName: edge.publicName, address: edge.address, model: model.endpoint};
}

/** What `global` hands to every region. */
function readShared() {
  const stack = new StackReference("global", {
    name: `${getOrganization()}/${getProject()}/global`,
  });
  const read = (name: string) => stack.requireOutput(name) as Output<string>;
  return {
    registryId: read("registryId"),
    logsId: read("logsId"),
    image: read("image"),
    jwks: read("jwks"),
    signingKey: read("signingKey"),
    nextSigningKey: read("nextSigningKey"),
  };
}
