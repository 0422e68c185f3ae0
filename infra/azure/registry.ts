import * as azure from "@pulumi/azure-native/containerregistry/index.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type {World} from "../../regions/world.ts";
import {parseArmId} from "./arm-id.ts";
import type {Where} from "./group.ts";
import {registryName} from "./names.ts";

export interface RegistryArgs {
  readonly world: World;
  readonly where: Where;
}

/** A registry in which an image is built. */
export interface RegistryAt {
  readonly id: Input<string>;
  readonly resourceGroupName: Input<string>;
  readonly registryName: Input<string>;
  readonly loginServer: Input<string>;
}

/** A registry that is there already, by its id. */
export function registryAt(id: string): RegistryAt {
  const {group, name} = parseArmId(id);
  return {
    id,
    resourceGroupName: group,
    registryName: name,
    loginServer: `${name.toLowerCase()}.azurecr.io`,
  };
}

/** One registry with a copy in every region, so that no region pulls across an ocean. */
export class Registry extends ComponentResource implements RegistryAt {
  readonly id: Output<string>;
  readonly resourceGroupName: Output<string>;
  readonly registryName: Output<string>;
  readonly loginServer: Output<string>;

  constructor(name: string, args: RegistryArgs, options?: ComponentResourceOptions) {
    super("meridian:Registry", name, {}, options);
    const registry = createRegistry(args, this);
    createReplications(args, registry, this);
    this.id = registry.id;
    this.resourceGroupName = args.where.resourceGroupName;
    this.registryName = registry.name;
    this.loginServer = registry.loginServer;
    this.registerOutputs();
  }
}

/** Regions reach it privately; its own tasks build from outside, with a token like everyone else. */
function createRegistry({world, where}: RegistryArgs, parent: Registry) {
  const args = {
    ...where,
    registryName: registryName(world),
    sku: {name: "Premium"},
    adminUserEnabled: false,
    anonymousPullEnabled: false,
  };
  // Regions run what is in it, some of it built from sources that have moved on.
  return new azure.Registry("registry", args, {parent, protect: true});
}

/** The home region holds the registry itself; Azure refuses a replication there. */
function createReplications(
  {world, where}: RegistryArgs,
  registry: azure.Registry,
  parent: Registry,
) {
  for (const {name: location, existing} of world.regions)
    if (location !== world.service.home && !existing.registry)
      new azure.Replication(
        location,
        {...where, location, registryName: registry.name, replicationName: location},
        {parent},
      );
}
