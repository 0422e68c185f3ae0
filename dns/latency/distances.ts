import {locations} from "../../regions/azure.ts";
import type {Place} from "../../regions/places/places.ts";
import type {Pool} from "../pool.ts";
import {type Site, siteOf} from "./figures.ts";
import {type Gateway, gatewayOf} from "./gateways.ts";
import {legMs, roundTripMs} from "./latency.ts";

/** How far pools are from their users and from each other: round trips in milliseconds. */
export interface Distances {
  /** The mean over the pool's regions, by weight, from a place; Infinity where the pool has no regions. */
  toPlace(pool: string, place: Place): number;
  /** The mean from one pool's regions to the other's, by weight. */
  between(pool: string, other: string): number;
}

export function distancesOf(pools: readonly Pool[]): Distances {
  const sharesOf = new Map(pools.map((pool) => [pool.name, shares(pool)]));
  const toSite = (pool: string, site: Site) => {
    const regions = sharesOf.get(pool);
    return regions
      ? mean(regions, (region) => roundTripMs(site, region))
      : Number.POSITIVE_INFINITY;
  };
  return {
    toPlace: (pool, place) => {
      const gateway = gatewayOf(place);
      return gateway ? legTo(gateway, place) + toSite(pool, gateway.site) : toSite(pool, place);
    },
    between: (pool, other) => mean(sharesOf.get(pool) ?? [], (region) => toSite(other, region)),
  };
}

/** Counted in the gateway's group of locations, whatever group the place itself is in. */
const legTo = ({site}: Gateway, place: Place): number => legMs({...place, group: site.group}, site);

interface Share {
  readonly site: Site;
  /** The share of the pool's users, 0 to 1. */
  readonly share: number;
}

function shares({members}: Pool): Share[] {
  const total = members.reduce((sum, {weight}) => sum + weight, 0);
  return members.map(({region, weight}) => ({
    site: siteOf(locations.get(region)!),
    share: weight / total,
  }));
}

const mean = (shares: readonly Share[], msTo: (site: Site) => number): number =>
  shares.reduce((sum, {site, share}) => sum + share * msTo(site), 0);
