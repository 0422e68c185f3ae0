import {locations} from "../../regions/azure.ts";
import type {Region, Zones} from "../../regions/world.ts";

/** The availability zones of a region, as numbered in a subscription; empty where it has none. */
export const zonesOf = ({name}: Region): string[] =>
  locations.get(name)?.zones ? ["1", "2", "3"] : [];

/** Those of them that nodes are to be in. */
export const nodeZones = (region: Region, {zones}: {readonly zones: Zones}): string[] =>
  zonesOf(region).filter((zone) => zones?.includes(Number(zone)) ?? true);
