import type {World} from "../world.ts";

/** The models that serve in a model's place once it is retired, the first of them first. */
export function successorsOf(models: World["models"], model: string): string[] {
  const next = models[model]?.successor;
  return next === undefined ? [] : [next, ...successorsOf(models, next)];
}
