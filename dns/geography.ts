import {followers, type Place, places} from "../regions/places/places.ts";
import {route53ContinentOf, UNREADABLE} from "./octodns/route53.ts";

/** A hierarchy of geographic codes: a code stands for all below it that is not named itself. */
export interface Tree {
  readonly code: string;
  /** What is there: none for a group of places. */
  readonly place?: Place;
  /** Whether it is named even where what is above it would do. */
  readonly always?: boolean;
  /** Places below it that have no code of their own: they are answered as it is. */
  readonly unnamed?: readonly Place[];
  readonly children: readonly Tree[];
}

/** Traffic Manager's: WORLD, its groups, countries, states. */
export const azureTree: Tree = treeOf({
  groupOf: ({group}) => group,
  nodeOf: (place) => ({code: place.azure, place}),
  isNamed: knownToAzure,
  beside: (place) =>
    followers
      .filter((follower) => follower.with === place)
      .map(({code}) => ({code, place, children: []})),
});

/** What octodns-azure 1.2 makes of each continent (`_make_azure_geos`). */
const groups: Readonly<Record<string, readonly string[]>> = {
  AF: ["GEO-AF"],
  AN: ["GEO-AN"],
  AS: ["GEO-AS", "GEO-ME"],
  EU: ["GEO-EU"],
  NA: ["GEO-NA"],
  OC: ["GEO-AP"],
  SA: ["GEO-SA"],
};

/**
 * octoDNS's: continents, countries, states. Its Azure provider turns continents into Traffic Manager's
 * groups, so what the two count to different continents is always named.
 */
export const octodnsTree: Tree = treeOf({
  groupOf: continentOf,
  nodeOf: (place) => ({
    code: place.code,
    place,
    always: !isState(place) && !groups[continentOf(place)]!.includes(place.group),
  }),
  isNamed: knownToAzure,
});

/**
 * The same for Route 53, which knows states of the US alone and has continents of its own: what those and
 * octoDNS's count differently is always named, so that nothing hangs on a list of whoever reads the zone.
 */
export const route53Tree: Tree = treeOf({
  groupOf: ({azure}) => route53ContinentOf(azure) ?? "WORLD",
  nodeOf: (place) => ({
    code: place.code,
    place,
    always: !isState(place) && route53ContinentOf(place.azure) !== continentOf(place),
  }),
  isNamed: ({azure}) =>
    isState({azure})
      ? azure.startsWith("US-")
      : route53ContinentOf(azure) !== undefined && !UNREADABLE.has(azure),
});

/**
 * The same for NS1, country by country: who is in its own regions is nowhere said. Its provider writes
 * these two continents country by country too, and would read their countries as the continent.
 */
export const ns1Tree: Tree = treeOf({
  groupOf: (place) => (["AS", "NA"].includes(continentOf(place)) ? continentOf(place) : "WORLD"),
  nodeOf: (place) => ({code: place.code, place}),
  isNamed: () => true,
});

/** Western Sahara is not in Traffic Manager's hierarchy, so that to name it would be refused. */
function knownToAzure({azure}: Place): boolean {
  return azure !== "EH";
}

function continentOf({code}: Place): string {
  return code.slice(0, 2);
}

function isState({azure}: Pick<Place, "azure">): boolean {
  return azure.includes("-");
}

interface Geography {
  /** The code of a country's group: WORLD for none. */
  readonly groupOf: (country: Place) => string;
  readonly nodeOf: (place: Place) => Omit<Tree, "children" | "unnamed">;
  readonly isNamed: (place: Place) => boolean;
  /** What is there but no place of the plan. */
  readonly beside?: (country: Place) => readonly Tree[];
}

function treeOf(geography: Geography): Tree {
  const countries = places.filter((place) => !isState(place));
  const byGroup = Map.groupBy(countries, geography.groupOf);
  const {WORLD: ungrouped, ...grouped} = Object.fromEntries(
    [...byGroup].map(([code, members]) => [code, groupNode(code, members, geography)]),
  );
  const {children = [], unnamed = []} = ungrouped ?? {};
  return {code: "WORLD", unnamed, children: [...Object.values(grouped), ...children]};
}

function groupNode(code: string, members: readonly Place[], geography: Geography): Tree {
  const {isNamed, beside = () => []} = geography;
  return {
    code,
    unnamed: members.filter((place) => !isNamed(place)),
    children: members
      .filter(isNamed)
      .flatMap((country) => [countryNode(country, geography), ...beside(country)]),
  };
}

function countryNode(country: Place, {nodeOf, isNamed}: Geography): Tree {
  const states = places.filter((place) => place.azure.startsWith(`${country.azure}-`));
  return {
    ...nodeOf(country),
    unnamed: states.filter((place) => !isNamed(place)),
    children: states.filter(isNamed).map((state) => ({...nodeOf(state), children: []})),
  };
}
