import type {GpuModel, Range, Region, Replicas, World} from "../../regions/world.ts";

/** A model of one's own, which fills in the middle. */
export const CODER = "coder";

export const ONE: Range = {min: 1, max: 1};

const coder: GpuModel = {
  ...{host: "gpu", model: "qwen2.5-coder-7b", api: "completions", template: "qwen"},
  ...{parameters: {}, aliases: [], balance: "load", hedge: 0.02},
};

const replicasOf = (model: string, count: Range): Replicas => ({
  ...{model, count, size: "Standard_NC24ads_A100_v4", spot: false},
  weights: {container: "weights", path: model, manifest: `sha256:${"0".repeat(64)}`},
  engine: {"max-model-len": 8192},
});

/**
 * A world's home and one more region, with models of one's own, the first of which all ask for: at home as many replicas as
 * said, one in the other region.
 */
export function withReplicas(world: World, counts: Readonly<Record<string, Range>>): World {
  const {service, regions, models} = world;
  const own = Object.keys(counts).map((name) => [name, coder] as const);
  const isHome = ({name}: Region) => name === service.home;
  const others = regions.filter((region) => !isHome(region)).slice(0, 1);
  const served = (region: Region): Region => ({
    ...region,
    replicas: Object.entries(counts).map(([model, count]) =>
      replicasOf(model, isHome(region) ? count : ONE),
    ),
  });
  return {
    ...world,
    models: {...Object.fromEntries(own), ...models},
    regions: regions.filter((region) => isHome(region) || others.includes(region)).map(served),
    routing: {places: {}, residency: {}, fallback: {}},
  };
}
