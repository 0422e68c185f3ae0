import {distance} from "fastest-levenshtein";
import {locations} from "./azure.ts";
import {PLACE_CODES} from "./places.ts";

/** Something wrong at a path of regions.yaml, with its mend. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * What is wrong with the meaning of a file: names that name nothing, shares that do not add up. Works
 * on the file as it was written, so that these are reported together with faults of its shape.
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
    ...serviceFaults(mapping(file.service)),
    ...regionFaults(file, known),
    ...deploymentFaults(["defaults"], mapping(file.defaults), known),
    ...routingFaults(mapping(file.routing), known),
    ...trafficFaults(mapping(file.traffic), known),
  ];
}

interface Known {
  readonly models: readonly string[];
  readonly regions: readonly string[];
  readonly pools: readonly string[];
  readonly residency: readonly string[];
}

type Mapping = Readonly<Record<string, unknown>>;

/** "did you mean", or the whole choice where nothing is near. */
export function nearest(name: string, choice: readonly string[]): string {
  const apart = (other: string) =>
    distance(name, other) + Math.abs(name.length - other.length) / 100;
  const [best] = choice.toSorted((a, b) => apart(a) - apart(b));
  if (best && distance(name, best) <= Math.max(2, name.length / 4))
    return `did you mean "${best}"?`;
  if (choice.length === 0) return "there is none to choose from yet";
  const shown = choice.toSorted().slice(0, 12).join(", ");
  return `use one of ${shown}${choice.length > 12 ? `, … (${choice.length} in all)` : ""}`;
}

function serviceFaults({hostname, zone, home}: Mapping): Fault[] {
  const faults: Fault[] = [];
  if (isText(home) && !locations.has(home)) faults.push(notLocation(["service", "home"], home));
  if (isText(hostname) && isText(zone) && !`.${hostname}`.endsWith(`.${zone}`))
    faults.push({
      path: ["service", "hostname"],
      message: `"${hostname}" is not in the zone "${zone}"; name the zone that holds it`,
    });
  return faults;
}

function notLocation(path: Fault["path"], name: string): Fault {
  return {
    path,
    message: `"${name}" is not an Azure location; ${nearest(name, [...locations.keys()])}`,
  };
}

function regionFaults(file: Mapping, known: Known): Fault[] {
  const regions = Object.entries(mapping(file.regions));
  const faults = regions.flatMap(([name, value]) => {
    const path = ["regions", name];
    const own = deploymentFaults(path, mapping(value), known);
    return locations.has(name) ? own : [notLocation(path, name), ...own];
  });
  if (isMapping(file.regions) && regions.length === 0)
    faults.push({path: ["regions"], message: "is empty; add at least one region"});
  const serving = regions.some(([, region]) => (mapping(region).state ?? "serving") === "serving");
  if (regions.length > 0 && !serving)
    faults.push({
      path: ["regions"],
      message: "none of them is serving; set the state of one to serving",
    });
  return [...faults, ...sizeFaults(file)];
}

/** What a region must have from itself or from the defaults. */
function sizeFaults(file: Mapping): Fault[] {
  const defaults = mapping(file.defaults);
  const needed = (region: Mapping) =>
    ["proxies", "deployments"].filter(
      (key) => region[key] === undefined && defaults[key] === undefined,
    );
  const neededOfCluster = (region: Mapping) =>
    ["nodes", "size"].filter(
      (key) =>
        mapping(region.cluster)[key] === undefined && mapping(defaults.cluster)[key] === undefined,
    );
  return Object.entries(mapping(file.regions)).flatMap(([name, value]) =>
    [
      ...needed(mapping(value)),
      ...neededOfCluster(mapping(value)).map((key) => `cluster.${key}`),
    ].map((key) => ({
      path: ["regions", name],
      message: `has no ${key}; set it here or in defaults`,
    })),
  );
}

function deploymentFaults(path: Fault["path"], sizes: Mapping, known: Known): Fault[] {
  const deployments = list(sizes.deployments).map(mapping);
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const [index, {model, sku}] of deployments.entries()) {
    const at = [...path, "deployments", index];
    if (isText(model) && !known.models.includes(model))
      faults.push({
        path: [...at, "model"],
        message: `"${model}" is not a model; ${nearest(model, known.models)}`,
      });
    if (seen.has(`${model}/${sku}`))
      faults.push({
        path: at,
        message: `${model} is deployed twice with ${sku}; add the capacities up in one`,
      });
    seen.add(`${model}/${sku}`);
  }
  return [...faults, ...shareFaults([...path, "deployments"], deployments)];
}

function shareFaults(path: Fault["path"], deployments: readonly Mapping[]): Fault[] {
  const byModel = Map.groupBy(deployments, ({model}) => String(model));
  return [...byModel].flatMap(([model, group]) => {
    const shares = group.map(({share}) => share);
    const sum = shares.reduce<number>((sum, share) => sum + (isNumber(share) ? share : 0), 0);
    const open = shares.filter((share) => share === undefined).length;
    if (open === 0 && sum !== 100)
      return [{path, message: `the shares of ${model} add up to ${sum}%; make it 100%`}];
    if (open > 0 && sum + open > 100)
      return [{path, message: `the shares of ${model} leave nothing for the others; lower them`}];
    return [];
  });
}

function routingFaults(routing: Mapping, known: Known): Fault[] {
  const unknownPool = (path: Fault["path"], pool: unknown): Fault[] =>
    isText(pool) && !known.pools.includes(pool)
      ? [{path, message: `"${pool}" is not a pool; ${nearest(pool, known.pools)}`}]
      : [];
  const unknownPlace = (path: Fault["path"], place: string): Fault[] =>
    PLACE_CODES.has(place)
      ? []
      : [{path, message: `"${place}" is not a place; ${nearest(place, [...PLACE_CODES])}`}];
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
  return [...places, ...residency, ...fallback, ...loopFaults(mapping(routing.fallback))];
}

/** Each loop once, named by the first of its pools in the alphabet. */
function loopFaults(fallback: Mapping): Fault[] {
  return Object.keys(fallback).flatMap((start) => {
    const loop = [start];
    for (let pool = fallback[start]; isText(pool); pool = fallback[pool]) {
      if (pool === start && loop.toSorted()[0] === start)
        return [
          {
            path: ["routing", "fallback", start],
            message: `is a loop, ${[...loop, start].join(" -> ")}; take one of them out`,
          },
        ];
      if (loop.includes(pool)) return [];
      loop.push(pool);
    }
    return [];
  });
}

function trafficFaults(traffic: Mapping, known: Known): Fault[] {
  const rules = (kind: string) => ruleFaults(["traffic", kind], list(traffic[kind]), known);
  const arms = list(traffic.experiments).flatMap((experiment, index) => {
    const path = ["traffic", "experiments", index, "arms"];
    return ruleFaults(path, list(mapping(experiment).arms), known);
  });
  return [
    ...rules("mutations"),
    ...rules("experiments"),
    ...arms,
    ...rules("mirrors"),
    ...rules("clients"),
  ];
}

/** Names that are there twice, and models that are not there. */
function ruleFaults(path: Fault["path"], rules: readonly unknown[], known: Known): Fault[] {
  const seen = new Set<unknown>();
  return rules.map(mapping).flatMap(({name, when, model}, index) => {
    const at = [...path, index];
    const twice = isText(name) && seen.has(name);
    seen.add(name);
    const unknownModel = (path: Fault["path"], model: unknown): Fault[] =>
      isText(model) && !known.models.includes(model)
        ? [{path, message: `"${model}" is not a model; ${nearest(model, known.models)}`}]
        : [];
    return [
      ...(twice ? [{path: [...at, "name"], message: `"${name}" is there twice; rename one`}] : []),
      ...unknownModel([...at, "model"], model),
      ...list(mapping(when).models).flatMap((one) => unknownModel([...at, "when", "models"], one)),
    ];
  });
}

/** A region without a pool is a pool of its own, by its own name. */
function poolsOf(file: Mapping): string[] {
  const regions = Object.entries(mapping(file.regions));
  return [...new Set(regions.map(([name, region]) => texts(mapping(region).pool)[0] ?? name))];
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const mapping = (value: unknown): Mapping => (isMapping(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => (isText(value) ? [value] : []);
