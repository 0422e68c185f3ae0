import type {ComponentResourceOptions, Output} from "@pulumi/pulumi";
import type {World} from "../../../regions/world.ts";
import type {Network} from "../../azure/network.ts";
import type {Weights} from "../../azure/weights.ts";
import {Component} from "../../component.ts";
import {replicasName} from "../replicas-name.ts";
import type {Ground} from "../workload-identity.ts";
import {GpuPlugin, PLUGIN} from "./plugin.ts";
import {createGpuPool} from "./pool.ts";
import {type Metrics, Scaler} from "./scaler.ts";
import {Servers} from "./servers.ts";

export interface GpusArgs extends Metrics {
  readonly world: World;
  readonly ground: Ground;
  readonly network: Network;
  readonly weights: Weights;
  readonly images: Readonly<Record<"vllmImage" | "pluginImage" | "cliImage", Output<string>>>;
}

/** A region's machines with GPUs, and the servers of models on them. */
export class Gpus extends Component {
  constructor(name: string, args: GpusArgs, options?: ComponentResourceOptions) {
    super("Gpus", name, options);
    const {world, ground, network, weights, images, metricsId, metricsUrl} = args;
    const {region, where, cluster} = ground;
    const {clusterName, provider} = cluster;
    const {nodesSubnetId} = network;
    const plugin = new GpuPlugin(PLUGIN, {provider, image: images.pluginImage}, {parent: this});
    const scaler = new Scaler("scaler", {ground, metricsId}, {parent: this});
    for (const own of region.replicas) {
      const at = {region, where, clusterName, nodesSubnetId};
      const pool = createGpuPool(at, own, this);
      const of = {world, ground, own, store: weights.storeOf(own), images, metricsUrl};
      new Servers(
        replicasName(own),
        {...of, after: [plugin, pool, weights, scaler]},
        {parent: this},
      );
    }
    this.registerOutputs();
  }
}
