import {guardFaults} from "../guards/guard-faults.ts";
import {
  type Fault,
  isMapping,
  isText,
  list,
  type Mapping,
  mapping,
  nearest,
  texts,
} from "../meaning.ts";
import {accountFaults} from "./account-faults.ts";
import {entranceFaults} from "./entrance-faults.ts";
import {gpuFaults, hasReplicas} from "./gpu-faults.ts";
import {hostFaults} from "./host-faults.ts";
import {imageFaults} from "./image-faults.ts";
import {locationFaults} from "./location-faults.ts";
import {loopFaults} from "./loop-faults.ts";
import {overflowFaults} from "./overflow-faults.ts";
import {samePlaces, unknownPlace} from "./place-faults.ts";
import {residencyFaults} from "./residency-faults.ts";
import {secretFaults} from "./secret-faults.ts";
import {serviceFaults} from "./service-faults.ts";
import {subscriptionFaults} from "./subscription-faults.ts";
import {nextFaults} from "./successor-faults.ts";
import {trafficFaults} from "./traffic-faults.ts";
import {zoneFaults} from "./zone-faults.ts";

/**
 * Faults in the meaning of a file, such as unknown names and shares that do not add up. Works on the file as
 * written, so that they are reported together with faults in its shape.
 */
export function meaningFaults(value: unknown): Fault[] {
  const file = mapping(value);
  const known: Known = {
    models: Object.keys(mapping(file.models)),
    regions: Object.keys(mapping(file.regions)),
    pools: poolsOf(file),
    residency: Object.values(mapping(file.regions)).flatMap((region) =>
      texts(mapping(region).residency),
    ),
  };
  return [
    ...serviceFaults(file),
    ...locationFaults(file),
    ...regionFaults(file),
    ...zoneFaults(file),
    ...guardFaults(file),
    ...subscriptionFaults(file),
    ...entranceFaults(file),
    ...imageFaults(file),
    ...hostFaults(file),
    ...gpuFaults(file),
    ...accountFaults(mapping(file.models)),
    ...residencyFaults(file),
    ...secretFaults(file),
    ...aliasFaults(mapping(file.models)),
    ...nextFaults(mapping(file.models), "successor"),
    ...overflowFaults(file),
    ...routingFaults(mapping(file.routing), known),
    ...trafficFaults(mapping(file.traffic), known.models),
  ];
}

interface Known {
  readonly models: readonly string[];
  readonly regions: readonly string[];
  readonly pools: readonly string[];
  readonly residency: readonly string[];
}

function regionFaults(file: Mapping): Fault[] {
  const regions = Object.entries(mapping(file.regions));
  const faults: Fault[] = [];
  if (isMapping(file.regions) && regions.length === 0)
    faults.push({path: ["regions"], message: "is empty; add at least one region"});
  const serving = regions.some(([, region]) => (mapping(region).state ?? "serving") === "serving");
  if (regions.length > 0 && !serving)
    faults.push({
      path: ["regions"],
      message: "none of them is serving; set the state of one to serving",
    });
  return [...faults, ...sizeFaults(file), ...networkFaults(file), ...outboundFaults(file)];
}

/** A name or alias may lead to one model only. */
function aliasFaults(models: Mapping): Fault[] {
  const owners = new Map(Object.keys(models).map((name) => [name, name]));
  return Object.entries(models).flatMap(([name, model]) =>
    list(mapping(model).aliases).flatMap((alias, at) => {
      const owner = isText(alias) ? owners.get(alias) : undefined;
      if (isText(alias)) owners.set(alias, owner ?? name);
      if (owner === undefined) return [];
      const path = ["models", name, "aliases", at];
      return [{path, message: `"${alias}" leads to ${owner} already; take it out of one`}];
    }),
  );
}

/** Routes are those of the subnet that nodes are in, and the networks that stacks make have none. */
function outboundFaults(file: Mapping): Fault[] {
  const shared = mapping(file.defaults).outbound;
  return Object.entries(mapping(file.regions)).flatMap(([name, value]) => {
    const region = mapping(value);
    const outbound = region.outbound ?? shared;
    if (outbound !== "routes" || mapping(region.existing).network !== undefined) return [];
    const path = region.outbound === undefined ? ["regions", name] : ["regions", name, "outbound"];
    const message =
      "goes out by routes of its nodes' subnet, and has no network of yours; name one under existing.network, or write outbound: loadBalancer or nat";
    return [{path, message}];
  });
}

/** Network policies need the addresses of private endpoints, which ids do not contain. */
function networkFaults(file: Mapping): Fault[] {
  const shared = mapping(mapping(file.defaults).network).space;
  return Object.entries(mapping(file.regions)).flatMap(([name, value]) => {
    const {existing, network} = mapping(value);
    if (mapping(existing).network === undefined) return [];
    if ((mapping(network).space ?? shared) !== undefined) return [];
    const path = ["regions", name, "existing", "network"];
    return [{path, message: "its addresses are not known; give them in network.space"}];
  });
}

/** Keys that a region needs, from its own entry or from the defaults. */
function sizeFaults(file: Mapping): Fault[] {
  const defaults = mapping(file.defaults);
  const lacks = (region: Mapping, key: string) =>
    region[key] === undefined && defaults[key] === undefined;
  const needed = (region: Mapping) => (lacks(region, "proxies") ? [["proxies"]] : []);
  const neededOfCluster = (region: Mapping) =>
    ["nodes", "size"].filter(
      (key) =>
        mapping(region.cluster)[key] === undefined && mapping(defaults.cluster)[key] === undefined,
    );
  return Object.entries(mapping(file.regions)).flatMap(([name, value]) => [
    ...modelsFaults(file, name),
    ...[
      ...needed(mapping(value)),
      ...neededOfCluster(mapping(value)).map((key) => ["cluster", key]),
    ].map((key) => ({
      path: ["regions", name],
      message: `has no ${key.join(".")}; set it here or in defaults`,
      lacks: [
        ["defaults", ...key],
        ["regions", name, ...key],
      ],
    })),
  ]);
}

/** A region must serve something, by whatever serves it. */
function modelsFaults(file: Mapping, name: string): Fault[] {
  const [defaults, region] = [mapping(file.defaults), mapping(mapping(file.regions)[name])];
  const ways = ["deployments", "hosts"].map((key) => region[key] ?? defaults[key]);
  const empty = (way: unknown) => way === undefined || (Array.isArray(way) && way.length === 0);
  if (!ways.every(empty) || hasReplicas(file, region)) return [];
  const lacks = [defaults, region].flatMap((part) =>
    ["deployments", "hosts"].map((key) => [
      ...(part === region ? ["regions", name] : ["defaults"]),
      key,
    ]),
  );
  const message =
    "serves nothing; give it deployments, hosts or a model on GPUs, here or in defaults";
  return [{path: ["regions", name], message, lacks}];
}

function routingFaults(routing: Mapping, known: Known): Fault[] {
  const unknownPool = (path: Fault["path"], pool: unknown): Fault[] =>
    isText(pool) && !known.pools.includes(pool)
      ? [{path, message: `"${pool}" is not a pool; ${nearest(pool, known.pools)}`}]
      : [];
  const places = Object.entries(mapping(routing.places)).flatMap(([place, pool]) => {
    const path = ["routing", "places", place];
    return [...unknownPlace(path, place), ...unknownPool(path, pool)];
  });
  const residency = Object.entries(mapping(routing.residency)).flatMap(([place, labels]) => {
    const path = ["routing", "residency", place];
    const unknown = list(labels).filter(
      (label) => isText(label) && !known.residency.includes(label),
    );
    return [
      ...unknownPlace(path, place),
      ...unknown.map((label) => ({
        path,
        message: `no region carries the residency "${label}"; ${nearest(String(label), known.residency)}`,
      })),
    ];
  });
  const fallback = Object.entries(mapping(routing.fallback)).flatMap(([pool, next]) => {
    const path = ["routing", "fallback", pool];
    return [...unknownPool(path, pool), ...unknownPool(path, next)];
  });
  return [
    ...places,
    ...residency,
    ...samePlaces(["routing", "places"], Object.keys(mapping(routing.places))),
    ...samePlaces(["routing", "residency"], Object.keys(mapping(routing.residency))),
    ...fallback,
    ...loopFaults(mapping(routing.fallback), (pool) => ["routing", "fallback", pool]),
  ];
}

/** A region without a pool forms its own, which has its name. */
function poolsOf(file: Mapping): string[] {
  const regions = Object.entries(mapping(file.regions));
  return [...new Set(regions.map(([name, region]) => texts(mapping(region).pool)[0] ?? name))];
}
