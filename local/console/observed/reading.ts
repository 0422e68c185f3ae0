import type {Sample} from "./samples.ts";

/** What all proxies say of themselves at a time. */
export interface Reading {
  readonly atMs: number;
  readonly pods: readonly PodReading[];
}

export interface PodReading {
  readonly region: string;
  readonly name: string;
  readonly pid: number;
  readonly ready: boolean;
  /** Empty where it did not answer. */
  readonly samples: readonly Sample[];
  readonly deployments: readonly DeploymentReading[];
  /** Which objectives it misses, and why, in its own words; empty where it misses none. */
  readonly missed: string;
}

/** As the proxy's `/deployments` has it. */
export interface DeploymentReading {
  readonly model: string;
  readonly upstream: string;
  readonly name: string;
  readonly isFallback: boolean;
  /** The share of its weight that it may take now, 0 to 1. */
  readonly share: number;
  readonly waitS: number;
  /** Why it is gone; left out where it is not. */
  readonly absence?: "retired" | "missing" | undefined;
}
