import {type Asker, concerns, pointOf} from "../admit/client.ts";
import type {Arm, Experiment} from "../policy.ts";
import {drawAt} from "../route/draw.ts";

/** The part that a request has in an experiment. */
export interface Assignment {
  /** `experiment/arm`: what metrics and the answer's header call it. */
  readonly label: string;
  readonly arm: Arm;
}

/**
 * The arm of the first experiment that concerns the request. A user has the same arm for as long as
 * the weights stay; users are spread over arms by weight, in each experiment anew.
 */
export function assign(experiments: readonly Experiment[], asker: Asker): Assignment | undefined {
  const experiment = experiments.find(({name, when}) => concerns(when, asker, name));
  if (!experiment) return undefined;
  const arm = drawAt(experiment.arms, pointOf(asker.user, `${experiment.name}/arms`) / 100);
  return {label: `${experiment.name}/${arm.name}`, arm};
}
