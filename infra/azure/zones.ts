import {locations} from "../../regions/azure.ts";
import type {Region} from "../../regions/world.ts";

/** The availability zones of a region, as numbered in a subscription; empty where it has none. */
export const zonesOf = ({name}: Region): string[] =>
  locations.get(name)?.zones ? ["1", "2", "3"] : [];
