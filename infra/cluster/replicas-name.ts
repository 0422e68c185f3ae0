import type {Replicas} from "../../regions/world.ts";

/** What the servers of a model are called in the cluster, and their headless Service. */
export const replicasName = ({model}: Pick<Replicas, "model">): string => `gpu-${model}`;

/** vLLM's own, for requests and for metrics. */
export const REPLICAS_PORT = 8000;
