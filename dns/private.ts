import {entranceAddress} from "../regions/addresses.ts";
import type {Region, World} from "../regions/world.ts";
import {nearerTo} from "./latency/nearness.ts";
import {table} from "./table.ts";

/**
 * Who answers the networks of a region whose entrance is internal. Private DNS looks at neither health nor place, so
 * each region has a zone of its own, which the first of the chain answers: docs/decisions/internal-entrance.md.
 */
export interface PrivateAnswer {
  readonly region: string;
  /** The region itself while it serves, then those that take over from it, in order. Never empty. */
  readonly chain: readonly string[];
}

/** One answer for each region, in their order. */
export const privateAnswers = (world: World): PrivateAnswer[] =>
  world.regions.map((region) => ({region: region.name, chain: chainOf(world, region)}));

function chainOf(world: World, region: Region): string[] {
  const own = region.state === "serving" ? [region.name] : [];
  const chain = [...own, ...takersOf(world, region).map(({name}) => name)];
  return chain.length > 0 ? chain : [region.name];
}

/** Serving regions that keep the residency: those of its pool, of the pool that falls in for it, then all others. */
function takersOf({regions, routing}: World, region: Region): Region[] {
  const pools = [region.pool, routing.fallback[region.pool]];
  const rank = ({pool}: Region) => (pools.includes(pool) ? pools.indexOf(pool) : pools.length);
  const nearer = nearerTo(region);
  return regions
    .filter((other) => other.name !== region.name && other.state === "serving")
    .filter((other) => keepsResidency(routing.residency, region, other))
    .toSorted((a, b) => rank(a) - rank(b) || nearer(a, b));
}

/** Whom a network serves is not known, so that what binds some of its people binds all of them. */
const keepsResidency = (
  residency: World["routing"]["residency"],
  from: Region,
  to: Region,
): boolean =>
  Object.values(residency)
    .filter((labels) => from.residency !== undefined && labels.includes(from.residency))
    .every((labels) => to.residency !== undefined && labels.includes(to.residency));

/** Whether the network that a region is in is there: its own is made with it. */
export const hasNetwork = ({existing, state}: Region): boolean =>
  existing.network !== undefined || state !== "planned";

/** The answers in words: a line for each region. */
export function privateReport(world: World): string {
  const addresses = new Map(world.regions.map((one) => [one.name, entranceAddress(one)]));
  const lines = privateAnswers(world).map(({region, chain: [first = region, ...rest]}) => {
    const networks = networksOf(world.regions.find(({name}) => name === region)!);
    const next = rest.join(", ") || "nobody";
    return [region, networks, first, addresses.get(first)!, next];
  });
  const head = ["region", "networks", "answered by", "", "once that drains, by"];
  return `${table([head, ...lines], () => false).join("\n")}\n`;
}

function networksOf(region: Region): string {
  const {length} = region.existing.hubs;
  const own = hasNetwork(region) ? ["its own"] : [];
  const hubs = length === 0 ? [] : [length === 1 ? "a hub" : `${length} hubs`];
  return [...own, ...hubs].join(" and ") || "none yet";
}

/** What becomes of each region that both worlds have, a sentence for each that changes. */
export function privateChanges(before: World, after: World): string[] {
  const old = new Map(privateAnswers(before).map(({region, chain}) => [region, chain]));
  return privateAnswers(after).flatMap(({region, chain}) => {
    const was = old.get(region);
    if (!was || was.join() === chain.join()) return [];
    if (was[0] !== chain[0]) return [`networks of ${region} move from ${was[0]} to ${chain[0]}`];
    const listed = (names: readonly string[]) => names.slice(1).join(", ") || "nobody";
    return [`${region} is taken over by ${listed(chain)}, not by ${listed(was)}`];
  });
}
