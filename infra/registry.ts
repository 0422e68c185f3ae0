import * as azure from "@pulumi/azure-native/containerregistry/index.js";
import {ComponentResource, type ComponentResourceOptions, type Output} from "@pulumi/pulumi";
import type {World} from "../regions/world.ts";
import type {Where} from "./group.ts";
import {registryName} from "./names.ts";

export interface RegistryArgs {
  readonly world: World;
  readonly where: Where;
}

/** One registry with a copy in every region, so that no region pulls across an ocean. */
export class Registry extends ComponentResource {
  readonly id: Output<string>;
  readonly registryName: Output<string>;
  readonly loginServer: Output<string>;

  constructor(name: string, args: RegistryArgs, options?: ComponentResourceOptions) {
    super("meridian:Registry", name, {}, options);
    const registry = createRegistry(args, this);
    createReplications(args, registry, this);
    this.id = registry.id;
    this.registryName = registry.name;
    this.loginServer = registry.loginServer;
    this.registerOutputs();
  }
}

function createRegistry({world, where}: RegistryArgs, parent: Registry) {
  const args = {
    ...where,
    registryName: registryName(world),
    sku: {name: "Premium"},
    adminUserEnabled: false,
  };
  return new azure.Registry("registry", args, {parent});
}

/** The home region holds the registry itself; Azure refuses a replication there. */
function createReplications(
  {world, where}: RegistryArgs,
  registry: azure.Registry,
  parent: Registry,
) {
  for (const {name: location} of world.regions)
    if (location !== world.service.home)
      new azure.Replication(
        location,
        {...where, location, registryName: registry.name, replicationName: location},
        {parent},
      );
}
