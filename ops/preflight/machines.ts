import {z} from "zod";
import type {Demand, Held, Pool, WantedPool} from "./demand.ts";
import {ok, short, unknown, type Verdict} from "./finding.ts";
import {judgeUsage, type Usage} from "./quota.ts";

/** A size of virtual machine in a location: https://learn.microsoft.com/rest/api/compute/resource-skus/list */
export const sizeSchema = z.object({
  resourceType: z.string(),
  name: z.string(),
  family: z.string().nullish(),
  capabilities: z.array(z.object({name: z.string(), value: z.string()})).nullish(),
  locationInfo: z
    .array(z.object({location: z.string(), zones: z.array(z.string()).nullish()}))
    .nullish(),
  restrictions: z
    .array(
      z.object({
        type: z.string(),
        reasonCode: z.string().nullish(),
        restrictionInfo: z.object({zones: z.array(z.string()).nullish()}).nullish(),
      }),
    )
    .nullish(),
});

export type Size = z.output<typeof sizeSchema>;

/** Whether nodes of each size are available in every zone that they are to be in. */
export function judgeSizes({pools}: Demand, sizes: readonly Size[]): Verdict[] {
  const kinds = Map.groupBy(pools, ({size, zones}) => [size, ...zones].join(" "));
  return [...kinds.values()].map(([pool]) => judgeSize(pool!, sizes));
}

function judgeSize({under, size: name, zones}: WantedPool, sizes: readonly Size[]): Verdict {
  const asked = zones.length > 0 ? `${name} in zones ${zones.join(", ")}` : name;
  const lacks = (found: string, mend: string) => short("nodes", asked, found, mend);
  const another = `choose another size under ${under}`;
  const size = sizeNamed(name, sizes);
  if (!size) return lacks("not offered here", another);
  const closed = size.restrictions?.find(({type}) => type === "Location");
  if (closed)
    return lacks(
      `closed to this subscription: ${closed.reasonCode ?? "no reason given"}`,
      `ask Azure to open it, or ${another}`,
    );
  const open = openZones(size);
  if (zones.every((zone) => open.includes(zone))) return ok("nodes", asked, "offered");
  const others = `ask Azure to open the others, or ${another}`;
  if (open.length === 0) return lacks("in no zone", others);
  const common = open.filter((zone) => zones.includes(zone));
  const narrow = common.length > 0 ? `write zones: [${common.join(", ")}] under ${under}, ` : "";
  return lacks(`in zones ${open.join(", ")} only`, narrow + others);
}

function openZones({locationInfo, restrictions}: Size): string[] {
  const closed = (restrictions ?? [])
    .filter(({type}) => type === "Zone")
    .flatMap(({restrictionInfo}) => restrictionInfo?.zones ?? []);
  const offered = (locationInfo ?? []).flatMap(({zones}) => zones ?? []);
  return offered.filter((zone) => !closed.includes(zone)).toSorted();
}

/** The quotas that all families share: https://learn.microsoft.com/azure/virtual-machines/quotas */
const ALL_FAMILIES = "cores";
const ALL_SPOT = "lowPriorityCores";

/**
 * Whether the location's vCPU quotas have room for all pools at their largest. A pool that is to be replaced
 * stays until its successor runs the pods, so its vCPUs are not available.
 */
export function judgeCores(
  {pools}: Demand,
  sizes: readonly Size[],
  usages: readonly Usage[],
  {pools: held}: Held,
): Verdict[] {
  const wanted = pools.map((pool) => coresOf(pool, sizes));
  if (!wanted.every((cores) => cores !== undefined))
    return [unknown("vCPUs", "nodes", "Azure does not say what a size has", "ask the portal")];
  const kept = held.filter((pool) => pools.some((wanted) => isAlike(pool, wanted)));
  const had = byQuota(kept.flatMap((pool) => coresOf(pool, sizes) ?? []));
  return [...byQuota(wanted)].map(([name, amount]) =>
    judgeUsage({check: "vCPUs", name, amount, held: had.get(name) ?? 0}, usages),
  );
}

const isAlike = (one: Pool, other: Pool) =>
  one.mode === other.mode &&
  isNamed(one.size, other.size) &&
  (one.spot ?? false) === (other.spot ?? false);

interface Cores {
  /** Azure's names for the quotas that it counts against. */
  readonly quotas: readonly string[];
  readonly count: number;
}

/** Spot machines count against one quota, whatever they are; others against their family's and the shared one. */
function coresOf({size: name, nodes, spot}: Pool, sizes: readonly Size[]): Cores | undefined {
  const size = sizeNamed(name, sizes);
  const each = Number(size?.capabilities?.find(({name}) => name === "vCPUs")?.value);
  if (!size?.family || !(each > 0)) return undefined;
  return {quotas: spot ? [ALL_SPOT] : [size.family, ALL_FAMILIES], count: nodes * each};
}

function byQuota(all: readonly Cores[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const {quotas, count} of all)
    for (const quota of quotas) sums.set(quota, (sums.get(quota) ?? 0) + count);
  return sums;
}

const sizeNamed = (wanted: string, sizes: readonly Size[]): Size | undefined =>
  sizes.find(({resourceType, name}) => resourceType === "virtualMachines" && isNamed(name, wanted));

const isNamed = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
