import type {Deployment} from "../policy.ts";

/** A deployment that may be asked now. */
export interface Candidate {
  readonly deployment: Deployment;
  /** What it may take now of what it takes when well: more than 0, at most 1. */
  readonly share: number;
  /** So much of its weight. */
  readonly weight: number;
}
