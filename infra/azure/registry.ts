import * as azure from "@pulumi/azure-native/containerregistry/index.js";
import type {ComponentResourceOptions, Input, Output} from "@pulumi/pulumi";
import {cloudOf} from "../../regions/clouds/clouds.ts";
import type {World} from "../../regions/world.ts";
import {Component} from "../component.ts";
import {nameOf, parseArmId} from "./arm-id.ts";
import type {Where} from "./group.ts";
import {registryName} from "./names.ts";
import type {InSubscription, Subscriptions} from "./subscriptions.ts";

export interface RegistryArgs {
  readonly world: World;
  readonly where: Where;
}

/** A registry that images are built in. */
export interface RegistryAt {
  readonly id: Input<string>;
  readonly resourceGroupName: Input<string>;
  readonly registryName: Input<string>;
  readonly loginServer: Input<string>;
  /** For what is made in it. */
  readonly options?: InSubscription;
}

/** An existing registry, by its id. */
export function registryAt(world: World, id: string, {beside}: Subscriptions): RegistryAt {
  const {group, name} = parseArmId(id);
  return {
    id,
    resourceGroupName: group,
    registryName: name,
    loginServer: `${name.toLowerCase()}.${cloudOf(world).hosts.registries}`,
    options: beside(id),
  };
}

/** One registry, replicated to every region, so that no region pulls across an ocean. */
export class Registry extends Component implements RegistryAt {
  readonly id: Output<string>;
  readonly resourceGroupName: Output<string>;
  readonly registryName: Output<string>;
  readonly loginServer: Output<string>;

  constructor(name: string, args: RegistryArgs, options?: ComponentResourceOptions) {
    super("Registry", name, options);
    const registry = createRegistry(args, this);
    createReplications(args, registry, this);
    this.id = registry.id;
    this.resourceGroupName = args.where.resourceGroupName;
    this.registryName = nameOf(registry);
    this.loginServer = registry.loginServer;
    this.registerOutputs({
      id: this.id,
      registryName: this.registryName,
      loginServer: this.loginServer,
    });
  }
}

/** Regions pull over private endpoints. Its build tasks come over the public network, with tokens. */
function createRegistry({world, where}: RegistryArgs, parent: Registry) {
  const args = {
    ...where,
    registryName: registryName(world),
    sku: {name: "Premium"},
    adminUserEnabled: false,
    anonymousPullEnabled: false,
  };
  // Regions may run images whose sources have since changed.
  return new azure.Registry("registry", args, {parent, protect: true});
}

/** Azure refuses a replication in the location of the registry itself. */
function createReplications(
  {world, where}: RegistryArgs,
  registry: azure.Registry,
  parent: Registry,
) {
  for (const {name: location, existing} of world.regions)
    if (location !== world.service.home && !existing.registry)
      new azure.Replication(
        location,
        {...where, location, registryName: nameOf(registry), replicationName: location},
        {parent},
      );
}
