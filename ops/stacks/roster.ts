import {stackNames} from "../../infra/azure/names.ts";
import {clouds} from "../../regions/clouds/clouds.ts";
import {subscriptionOf} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";

/** How the existing stacks differ from those that regions.yaml asks for. */
export interface Roster {
  /** In the order in which they are brought up. */
  readonly missing: readonly string[];
  /** Stacks whose region is no longer in regions.yaml, by name. */
  readonly orphaned: readonly string[];
}

export function rosterOf(world: World, present: readonly string[]): Roster {
  const wanted = stackNames(world);
  return {
    missing: wanted.filter((name) => !present.includes(name)),
    orphaned: present.filter((name) => !wanted.includes(name)).toSorted(),
  };
}

/** The setting of a new stack whose region is to be in a subscription by regions.yaml; it goes before all others. */
export function subscriptionSetting({regions}: World, stack: string) {
  const region = regions.find(({name}) => name === stack);
  const id = region && subscriptionOf(region);
  return id === undefined ? {} : {"azure-native:subscriptionId": id};
}

/** The setting of a stack in another cloud than the public one, which providers take by themselves. */
export function cloudSetting({service}: World) {
  const {environment} = clouds[service.cloud];
  return service.cloud === "public" ? {} : {"azure-native:environment": environment};
}

/** How to remove stacks whose region is gone: nothing is destroyed automatically. */
export function orphanAdvice(orphaned: readonly string[]): string {
  if (orphaned.length === 0) return "";
  const lines = orphaned.map(
    (name) => `  ${name}: pulumi destroy --stack ${name} && pulumi stack rm ${name}`,
  );
  return [
    "These stacks have no region in regions.yaml any more. Bring up dns first, so that nobody is sent there:",
    ...lines,
    "",
  ].join("\n");
}
