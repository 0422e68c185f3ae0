import {followers, type Place, places} from "../regions/places/places.ts";
import {route53ContinentOf, UNREADABLE} from "./octodns/route53.ts";

/** A hierarchy of geographic codes: a code stands for all below it that is not named itself. */
export interface Tree {
  readonly code: string;
  /** The place at this node; undefined for a group of places. */
  readonly place?: Place;
  /** Whether to name it even where the answer of the node above would do. */
  readonly always?: boolean;
  /** Places below it that have no code of their own and are answered like this node. */
  readonly unnamed?: readonly Place[];
  readonly children: readonly Tree[];
}

/** Traffic Manager's geography: WORLD, its groups, countries, states. */
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
 * octoDNS's geography: continents, countries, states. Its Azure provider turns continents into Traffic
 * Manager's groups, so countries that the two put into different continents are always named.
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
 * The same for Route 53, which knows US states only and has its own continents. Countries that it and octoDNS
 * put into different continents are always named, so that the result does not depend on either's list.
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
 * The same for NS1, country by country, because NS1 does not document which countries its regions contain. Its
 * provider, too, writes these two continents by country, and reads their countries back as the continent.
 */
export const ns1Tree: Tree = treeOf({
  groupOf: (place) => (["AS", "NA"].includes(continentOf(place)) ? continentOf(place) : "WORLD"),
  nodeOf: (place) => ({code: place.code, place}),
  isNamed: () => true,
});

/** Western Sahara is not in Traffic Manager's hierarchy; a profile that names it would be refused. */
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
  /** The code of the group that a country belongs to; WORLD if it belongs to none. */
  readonly groupOf: (country: Place) => string;
  readonly nodeOf: (place: Place) => Omit<Tree, "children" | "unnamed">;
  readonly isNamed: (place: Place) => boolean;
  /** Territories with a code of their own that are not places in the plan. */
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
