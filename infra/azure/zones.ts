import {locations} from "../../regions/azure.ts";
import type {Region, Replicas, Zones} from "../../regions/world.ts";

/** The availability zones of a region, as numbered in a subscription; empty where it has none. */
export const zonesOf = ({name}: Region): string[] =>
  locations.get(name)?.zones ? ["1", "2", "3"] : [];

/** Those of them that a model's servers are to be in. */
export const gpuZones = (region: Region, {zones}: Pick<Replicas, "zones">): string[] =>
  nodeZones(region, {zones: zones ?? region.cluster.zones});

/** Those of them that nodes are to be in. */
export const nodeZones = (region: Region, {zones}: {readonly zones: Zones}): string[] =>
  zonesOf(region).filter((zone) => zones?.includes(Number(zone)) ?? true);
