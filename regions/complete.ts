import type {File} from "./schema.ts";
import type {Deployment, Region, World} from "./world.ts";

/** Fills in every default of a file that has no faults. */
export function complete(file: File): World {
  const names = Object.keys(file.regions).toSorted();
  const {service} = file;
  return {
    service: {
      name: service.name,
      hostname: service.hostname,
      zone: service.zone,
      home: service.home ?? (names[0] as string),
      ttlS: service.ttl,
      objective: {
        success: service.objective.success,
        firstByteMs: service.objective.firstByte * 1000,
        windowMs: service.objective.window * 1000,
      },
      tokens: {lifetimeS: service.tokens.lifetime, exchange: service.tokens.exchange},
    },
    models: file.models,
    regions: names.map((name) => completeRegion(file, name)),
    routing: file.routing,
    traffic: file.traffic,
  };
}

function completeRegion({regions, defaults}: File, name: string): Region {
  const {pool = name, weight, state, residency, cluster, proxies, deployments} = regions[name]!;
  return {
    name,
    pool,
    weight,
    state,
    residency,
    cluster: {
      nodes: (cluster.nodes ?? defaults.cluster.nodes)!,
      size: (cluster.size ?? defaults.cluster.size)!,
    },
    proxies: (proxies ?? defaults.proxies)!,
    deployments: completeDeployments((deployments ?? defaults.deployments)!),
  };
}

type Written = NonNullable<File["defaults"]["deployments"]>;

/** A share left out is what the others of its model leave, split evenly. */
function completeDeployments(deployments: Written): Deployment[] {
  return deployments.map(({model, sku, capacity, share}) => {
    const group = deployments.filter((other) => other.model === model);
    const said = group.reduce((sum, {share}) => sum + (share ?? 0), 0);
    const open = group.filter(({share}) => share === undefined).length;
    return {
      name: `${model}-${sku.toLowerCase()}`,
      model,
      sku,
      capacity,
      share: share ?? (100 - said) / open,
    };
  });
}
