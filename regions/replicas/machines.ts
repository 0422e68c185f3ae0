import type {Replicas} from "../world.ts";

/** Machines that a model's servers may be on: one more than its servers, for one that begins beside those it takes over from. */
export const mostMachines = ({count}: Pick<Replicas, "count">): number => count.max + 1;
