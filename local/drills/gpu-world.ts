import type {GpuModel, Range, Region, Replicas, World} from "../../regions/world.ts";

/** A model of one's own, which fills in the middle. */
export const CODER = "coder";

const coder: GpuModel = {
  ...{host: "gpu", model: "qwen2.5-coder-7b", api: "completions", template: "qwen"},
  ...{parameters: {}, aliases: [], balance: "load", hedge: 0.02},
};

const replicas: Omit<Replicas, "count"> = {
  model: CODER,
  weights: {container: "weights", path: "coder/1", manifest: `sha256:${"0".repeat(64)}`},
  ...{size: "Standard_NC24ads_A100_v4", spot: false, engine: {"max-model-len": 8192}},
};

/** A world's home, with so many replicas of a model that all ask for, and one more region, which has one of them. */
export function withReplicas(world: World, count: Range): World {
  const {service, regions, models} = world;
  const isHome = ({name}: Region) => name === service.home;
  const others = regions.filter((region) => !isHome(region)).slice(0, 1);
  return {
    ...world,
    models: {[CODER]: coder, ...models},
    regions: [...regions.filter(isHome), ...others]
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map((region) => {
        const own = {...replicas, count: isHome(region) ? count : {min: 1, max: 1}};
        return {...region, replicas: [own]};
      }),
    routing: {places: {}, residency: {}, fallback: {}},
  };
}
