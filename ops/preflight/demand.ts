import {gpuZones, nodeZones} from "../../infra/azure/zones.ts";
import {machinesOf} from "../../infra/cluster/gpus/pool.ts";
import type {AzureModel, Region, World} from "../../regions/world.ts";

/** What a region asks of its location, and would ask of any other in its place. */
export interface Demand {
  readonly deployments: readonly WantedDeployment[];
  /** Node pools at their largest. */
  readonly pools: readonly WantedPool[];
  /** The version of Kubernetes, `1.36`. */
  readonly kubernetes: string;
}

export interface WantedDeployment extends DeployedModel {
  readonly version: string;
  /** How it is to be asked. */
  readonly api: AzureModel["api"];
}

/** What a deployment asks of a quota. */
export interface DeployedModel {
  readonly format: string;
  readonly model: string;
  readonly sku: string;
  readonly capacity: number;
}

export interface HeldModel extends DeployedModel {
  readonly version?: string | undefined;
}

export interface Pool {
  /** `System` or `User`. */
  readonly mode: string;
  readonly size: string;
  readonly nodes: number;
  /** Whether of machines that Azure may take back, which count against a quota of their own. */
  readonly spot?: boolean | undefined;
}

export interface WantedPool extends Pool {
  /** Where regions.yaml says it. */
  readonly under: "cluster" | "gpus";
  /** Availability zones by Azure's numbers; empty if the location has none. */
  readonly zones: readonly string[];
}

/** What the region's stack already holds: Azure counts it as used, so it is not asked for again. */
export interface Held {
  readonly deployments: readonly HeldModel[];
  readonly pools: readonly Pool[];
  /** The version of its cluster, if it has one. */
  readonly kubernetes?: string | undefined;
}

export const nothingHeld: Held = {deployments: [], pools: []};

export const demandOf = ({models}: World, region: Region): Demand => ({
  deployments: region.deployments.map(({model: name, sku, capacity}) => {
    const {format, model, version, api} = models[name] as AzureModel;
    return {format, model, version, api, sku, capacity};
  }),
  pools: [...nodePools(region), ...gpuPools(region)],
  kubernetes: region.cluster.version,
});

const nodePools = (region: Region): WantedPool[] =>
  [
    {mode: "System", ...region.cluster.system},
    {mode: "User", ...region.cluster},
  ].map((pool) => ({
    under: "cluster",
    mode: pool.mode,
    size: pool.size,
    nodes: pool.nodes.max,
    zones: nodeZones(region, pool),
  }));

/** A machine for each replica, and that of one that is being brought out. */
const gpuPools = (region: Region): WantedPool[] =>
  region.replicas.map((own) => ({
    under: "gpus",
    mode: "User",
    size: own.size,
    nodes: machinesOf(own).max,
    spot: own.spot,
    zones: gpuZones(region, own),
  }));
