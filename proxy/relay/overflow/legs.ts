import type {Deployment} from "../../policy.ts";

/** A part of a request's way: deployments of one model, asked one after the other. */
export interface Leg {
  readonly model: string;
  /** Undefined for another model, which is routed when its leg begins. */
  readonly route: OwnRoute | undefined;
}

export interface OwnRoute {
  readonly deployments: readonly Deployment[];
  /** Whether the region's own have failed, and other regions serve. */
  readonly lost: boolean;
}

export const NO_LEGS: readonly Leg[] = [];

/**
 * The way of a request for `model` where `overflow` takes what it has no room for: the region's own deployments that
 * are well, the other model, and last the rest, which are other regions' or have failed of late. With `overflowFirst`
 * the other model goes before all of them.
 */
export function legsOf({
  model,
  overflow,
  route: {deployments, lost},
  isWellHere,
  overflowFirst,
}: {
  model: string;
  overflow: string;
  route: OwnRoute;
  isWellHere: (deployment: Deployment) => boolean;
  overflowFirst: boolean;
}): readonly [Leg, Leg, Leg] {
  const here = {
    model,
    route: {deployments: deployments.filter(isWellHere), lost: false},
  };
  const other = {model: overflow, route: undefined};
  const rest = {
    model,
    route: {deployments: deployments.filter((one) => !isWellHere(one)), lost},
  };
  return overflowFirst ? [other, here, rest] : [here, other, rest];
}
