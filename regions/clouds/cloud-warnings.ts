import type {World} from "../world.ts";
import {cloudOf} from "./clouds.ts";

/** What is known of the public cloud alone, and told of the others all the same. */
export function cloudWarnings(world: World): string[] {
  if (world.service.cloud === "public") return [];
  const {title} = cloudOf(world);
  return [
    `service.cloud: prices, and the days on which models and versions of Kubernetes end, are those of Azure's public cloud; ${title} may have others: docs/clouds.md`,
  ];
}
