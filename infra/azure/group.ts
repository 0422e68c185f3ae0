import * as resources from "@pulumi/azure-native/resources/index.js";
import type {Output} from "@pulumi/pulumi";
import type {World} from "../../regions/world.ts";
import {orAround} from "../component.ts";
import {nameOf} from "./arm-id.ts";
import {groupName} from "./names.ts";
import type {InSubscription} from "./subscriptions.ts";

/** Where a stack's Azure resources go. Spread into the arguments of each. */
export interface Where {
  readonly resourceGroupName: Output<string>;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

interface Naming {
  readonly name?: string;
  readonly group?: string;
}

/** Makes the resource group of a stack, or one of several, by a name of its own behind the service's. */
export function createGroup(
  world: World,
  stack: string,
  location: string,
  {name = "group", group: ending = stack, ...options}: Naming & InSubscription = {},
): {groupId: Output<string>; where: Where} {
  const tags = {
    ...world.service.tags,
    "meridian-service": world.service.name,
    stack,
    "managed-by": "pulumi",
  };
  const resourceGroupName = groupName(world, ending);
  const args = {resourceGroupName, location, tags};
  const group = new resources.ResourceGroup(name, args, {...orAround(), ...options});
  return {groupId: group.id, where: {resourceGroupName: nameOf(group), location, tags}};
}
