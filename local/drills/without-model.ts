import {successorsOf} from "../../regions/models/successors.ts";
import {warningsOf} from "../../regions/warnings.ts";
import type {Deployment, World} from "../../regions/world.ts";

/**
 * A world without a model, as who mends a retirement would write it: another answers to its names and has its
 * capacity, since Azure never changes the model of a deployment. That is the first of its successors that is sold
 * wherever the model was, as far as is known. Throws where there is no other model.
 */
export function withoutModel(world: World, model: string, nowMs = Date.now()): World {
  const line = successorsOf(world.models, model);
  const heirs = line.length > 0 ? line : Object.keys(world.models).filter((one) => one !== model);
  const [first, ...others] = heirs.map((heir) => leftTo(heir, world, model));
  if (first === undefined)
    throw new Error(`NOT RUN: ${model} is the only model; add another to regions.yaml`);
  const known = warningsOf(world, nowMs);
  const isFree = (after: World) => warningsOf(after, nowMs).every((one) => known.includes(one));
  return [first, ...others].find(isFree) ?? first;
}

function leftTo(heir: string, world: World, model: string): World {
  const {[model]: old, ...models} = world.models;
  const aliases = [...models[heir]!.aliases, model, ...old!.aliases];
  return {
    ...world,
    models: {...models, [heir]: {...models[heir]!, aliases}},
    regions: world.regions.map((region) => ({
      ...region,
      deployments: inherited(region.deployments, model, heir),
    })),
    traffic: renamed(world.traffic, model, heir),
  };
}

function inherited(all: readonly Deployment[], model: string, heir: string): Deployment[] {
  const moved = all.map((one) =>
    one.model === model ? {...one, model: heir, name: one.name.replace(model, heir)} : one,
  );
  return [...Map.groupBy(moved, ({name}) => name).values()].map((same) => ({
    ...same.at(-1)!,
    capacity: same.reduce((sum, {capacity}) => sum + capacity, 0),
  }));
}

/** Rules that name the model name the other. */
function renamed(traffic: World["traffic"], model: string, heir: string): World["traffic"] {
  const other = (name: unknown) => (name === model ? heir : name);
  return JSON.parse(JSON.stringify(traffic), (key, value) => {
    if (key === "model") return other(value);
    return key === "models" && Array.isArray(value) ? value.map(other) : value;
  }) as World["traffic"];
}
