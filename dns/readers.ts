/**
 * What clients are answered, computed from rendered files by the documentation of each system. The
 * equivalence tests compare it with the plan, so it shares no code with the renderers but Route 53's own list.
 */
import type {Place} from "../regions/places/places.ts";
import type {DynamicRecord} from "./octodns/record.ts";
import {route53ContinentOf} from "./octodns/route53.ts";
import type {Plan} from "./plan.ts";

/** The targets in an answer and their shares in lowest terms: `2 a.example.net, 1 b.example.net`. */
export type Shares = string;

/** Answers for a place while some targets are lost. Places with the same key always get the same answer. */
export interface Reader {
  keyOf(place: Place): string;
  answers(key: string, lost: ReadonlySet<string>): Shares;
}

/**
 * As the plan says: the first pool of the chain that has a region left. When there is none, all of the first
 * pool, or the last resort of the system it is compared with.
 */
export function readPlan(
  {rules, pools}: Plan,
  targetOf: (region: string) => string,
  lastResort?: string,
): Reader {
  const ruleOf = new Map(rules.flatMap((rule) => rule.places.map(({place}) => [place, rule.name])));
  const membersOf = (pool: string) =>
    pools
      .find(({name}) => name === pool)!
      .members.map(({region, weight}) => ({target: targetOf(region), weight}));
  return {
    keyOf: (place) => ruleOf.get(place)!,
    answers: (key, lost) => {
      const chain = rules.find(({name}) => name === key)!.chain.map(membersOf);
      const standing = chain.map((members) => members.filter(({target}) => !lost.has(target)));
      const otherwise = lastResort ? [{target: lastResort, weight: 1}] : chain[0]!;
      return shown(standing.find((members) => members.length > 0) ?? otherwise);
    },
  };
}

/** A Traffic Manager profile, whichever renderer made it. */
export interface Readable {
  readonly profileName: string;
  readonly trafficRoutingMethod: string;
  readonly endpoints: readonly {
    readonly name: string;
    readonly target?: string;
    readonly child?: string;
    readonly weight?: number;
    readonly priority?: number;
    readonly geoMapping?: readonly string[];
    readonly minChildEndpoints?: number;
    /** Never probed and always considered healthy. */
    readonly alwaysServe?: boolean;
  }[];
}

/**
 * https://learn.microsoft.com/azure/traffic-manager/traffic-manager-routing-methods: the most specific
 * code counts, and geographic routing does not look at health; the lowest priority that is well; weights
 * among those that are well; where none is, all as if they were. .../traffic-manager-nested-profiles: a
 * nested endpoint is well while MinChildEndpoints of its child's are.
 */
export function readProfiles(profiles: readonly Readable[], root: string): Reader {
  const byName = new Map(profiles.map((profile) => [profile.profileName, profile]));
  const top = byName.get(root)!;
  const names = byCode(top.endpoints, ({geoMapping}) => geoMapping);

  function keyOf({azure, group}: Place): string {
    if (top.trafficRoutingMethod !== "Geographic") return root;
    const codes = [azure, azure.slice(0, 2), group, "WORLD"];
    return names.get(codes.find((code) => names.has(code))!)!.name;
  }

  function walk({trafficRoutingMethod, endpoints}: Readable, lost: ReadonlySet<string>): Shares {
    const well = endpoints.filter((endpoint) => isWell(endpoint, lost));
    const open = well.length > 0 ? well : endpoints;
    if (trafficRoutingMethod === "Weighted")
      return shown(open.map(({target, weight = 1}) => ({target: target!, weight})));
    return follow(
      open.reduce((a, b) => (a.priority! <= b.priority! ? a : b)),
      lost,
    );
  }

  function follow({target, child}: Readable["endpoints"][number], lost: ReadonlySet<string>) {
    return target === undefined ? walk(byName.get(child!)!, lost) : shown([{target, weight: 1}]);
  }

  function isWell(
    {target, child, alwaysServe, minChildEndpoints = 1}: Readable["endpoints"][number],
    lost: ReadonlySet<string>,
  ): boolean {
    if (target !== undefined) return alwaysServe === true || !lost.has(target);
    const well = byName.get(child!)!.endpoints.filter((endpoint) => isWell(endpoint, lost));
    return well.length >= minChildEndpoints;
  }

  return {
    keyOf,
    answers: (key, lost) =>
      key === root ? walk(top, lost) : follow(top.endpoints.find(({name}) => name === key)!, lost),
  };
}

/**
 * https://github.com/octodns/octodns/blob/main/docs/dynamic_records.md: the first rule that has the
 * place, its country or its continent, or that has none; its pool by weight among what is well; the
 * fallback where nothing is; the record's own value at the end.
 */
export function readRecord(record: DynamicRecord): Reader {
  const {rules} = record.dynamic;
  const byGeo = byCode([...rules.entries()], ([, {geos}]) => geos);
  const rest = rules.findIndex(({geos}) => !geos);
  return {
    keyOf: ({code}) => {
      const parts = code.split("-");
      const codes = parts.map((_, index) => parts.slice(0, index + 1).join("-"));
      const named = codes.flatMap((geo) => byGeo.get(geo)?.[0] ?? []);
      return rules[Math.min(...named, ...(rest < 0 ? [] : [rest]))]!.pool;
    },
    answers: answersOf(record),
  };
}

/** The same in Route 53's geography, where the smallest location applies, whatever the order of the rules. */
export function readRecordByRoute53(record: DynamicRecord): Reader {
  const {rules} = record.dynamic;
  const byGeo = byCode(rules, ({geos}) => geos);
  return {
    keyOf: ({code, azure}) => {
      const [continent, country, state] = code.split("-");
      const codes = [
        ...(state && country === "US" ? [code] : []),
        `${continent}-${country}`,
        route53ContinentOf(azure.slice(0, 2)),
      ];
      const found = codes.flatMap((geo) => byGeo.get(geo ?? "") ?? []);
      return (found[0] ?? rules.at(-1)!).pool;
    },
    answers: answersOf(record),
  };
}

/** Who names a code. Traffic Manager and octoDNS refuse one that two name. */
const byCode = <Value>(
  values: readonly Value[],
  codesOf: (value: Value) => readonly string[] | undefined,
): ReadonlyMap<string, Value> =>
  new Map(values.flatMap((value) => codesOf(value)?.map((code) => [code, value] as const) ?? []));

function answersOf({dynamic: {pools}, value}: DynamicRecord): Reader["answers"] {
  return (key, lost) => {
    for (let name: string | undefined = key; name !== undefined; name = pools[name]!.fallback) {
      const values = pools[name]!.values.map((v) => ({
        target: bare(v.value),
        weight: v.weight ?? 1,
      }));
      const well = values.filter(({target}) => !lost.has(target));
      if (well.length > 0) return shown(well);
    }
    return shown([{target: bare(value), weight: 1}]);
  };
}

/** A name without its trailing dot. */
export const bare = (name: string): string => name.replace(/\.$/, "");

/** Formats weighted targets as shares. */
export function shown(
  weighted: readonly {readonly target: string; readonly weight: number}[],
): Shares {
  const divisor = weighted.reduce((all, {weight}) => common(all, weight), 0);
  return weighted
    .toSorted((a, b) => (a.target < b.target ? -1 : 1))
    .map(({target, weight}) => `${weight / divisor} ${target}`)
    .join(", ");
}

const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b));
