import type {Model, Region, World} from "../regions/world.ts";

/** A model of one's own, which a vLLM server in each region fills in the middle with. */
const OWN = "own-coder";
/** A model whose deployments are still there, and answer 410. */
const RETIRED = "retired-instruct";

const asked = {api: "completions", parameters: {}, aliases: []} as const;
const additions: Readonly<Record<string, Model>> = {
  [OWN]: {...asked, host: "url", model: "Qwen/Qwen2.5-Coder-7B", template: "qwen"},
  /** Off Azure's lists since 2026. */
  [RETIRED]: {
    ...asked,
    ...{host: "azure", format: "OpenAI", model: "gpt-35-turbo-instruct", version: "0914"},
    successor: OWN,
  },
};

/** A world in which every kind of host is there to see. */
export interface EveryHost {
  readonly world: World;
  /** What was added, in words. */
  readonly says: string;
  /** Names of the models that are retired in it. */
  readonly retired: readonly string[];
}

/** Adds to a world, in memory alone: nobody could deploy a retired model, or has these hosts. */
export function withEveryHost(world: World): EveryHost {
  const taken = Object.keys(additions).filter((name) => Object.hasOwn(world.models, name));
  if (taken.length > 0)
    return {world, says: `nothing, as it has ${taken.join(" and ")} already`, retired: []};
  // Where nothing is sold, nothing can have been retired.
  const {[RETIRED]: gone, ...own} = additions;
  const isSold = world.regions.some(({deployments}) => deployments.length > 0);
  const end = isSold ? ` and ${RETIRED} (whose model is retired: ${OWN} serves for it)` : "";
  return {
    world: {
      ...world,
      models: {...world.models, ...own, ...(isSold && gone && {[RETIRED]: gone})},
      regions: world.regions.map(withHosts),
    },
    says: `${OWN} (a model of one's own, on a vLLM server in every region)${end}`,
    retired: isSold ? [RETIRED] : [],
  };
}

function withHosts(region: Region): Region {
  const {name, deployments, hosts} = region;
  const url = `https://${OWN}.${name}.example.net`;
  const protocol = "http/1.1";
  const own = {name: `${OWN}-1`, model: OWN, url, protocol, key: undefined, share: 100} as const;
  // As another that the region has: its sku is one that keeps the region's residency.
  const retired = deployments.slice(0, 1).map(({sku, capacity}) => ({
    ...{name: `${RETIRED}-${sku.toLowerCase()}`, model: RETIRED},
    ...{sku, capacity, share: 100},
  }));
  return {...region, hosts: [...hosts, own], deployments: [...deployments, ...retired]};
}
