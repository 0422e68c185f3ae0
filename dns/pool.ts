import type {Region} from "../regions/world.ts";

/** Regions that share load by weight. */
export interface Pool {
  readonly name: string;
  readonly members: readonly {readonly region: string; readonly weight: number}[];
}

/** Groups regions into pools. Pools and their members are sorted by name. */
export function poolsOf(regions: readonly Region[]): Pool[] {
  return [...Map.groupBy(regions, ({pool}) => pool)]
    .map(([name, members]) => ({
      name,
      members: members
        .map(({name, weight}) => ({region: name, weight}))
        .toSorted((a, b) => (a.region < b.region ? -1 : 1)),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
