import {followers, type Place, places} from "../regions/places.ts";

/** A hierarchy of geographic codes: a code stands for all below it that is not named itself. */
export interface Tree {
  readonly code: string;
  /** What is there: none for a group of places. */
  readonly place?: Place;
  /** Whether it is named even where what is above it would do. */
  readonly always?: boolean;
  readonly children: readonly Tree[];
}

/** Not in Traffic Manager's hierarchy, so that to name it would be refused: Western Sahara goes with its group. */
export const UNKNOWN_TO_AZURE: ReadonlySet<string> = new Set(["EH"]);

/** Every place that DNS can tell apart. */
export const known: readonly Place[] = places.filter(({azure}) => !UNKNOWN_TO_AZURE.has(azure));

/** Traffic Manager's: WORLD, its groups, countries, states. */
export const azureTree: Tree = treeOf({
  groupOf: ({group}) => group,
  nodeOf: (place) => ({code: place.azure, place}),
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
    always: !place.azure.includes("-") && !groups[continentOf(place)]!.includes(place.group),
  }),
  beside: () => [],
});

function continentOf({code}: Place): string {
  return code.slice(0, 2);
}

function treeOf({
  groupOf,
  nodeOf,
  beside,
}: {
  groupOf: (country: Place) => string;
  nodeOf: (place: Place) => Omit<Tree, "children">;
  beside: (country: Place) => readonly Tree[];
}): Tree {
  const [countries, states] = [false, true].map((wanted) =>
    known.filter(({azure}) => azure.includes("-") === wanted),
  ) as [Place[], Place[]];
  const statesOf = ({azure}: Place) =>
    states
      .filter((state) => state.azure.startsWith(`${azure}-`))
      .map((state) => ({...nodeOf(state), children: []}));
  return {
    code: "WORLD",
    children: [...Map.groupBy(countries, groupOf)].map(([code, members]) => ({
      code,
      children: members.flatMap((country) => [
        {...nodeOf(country), children: statesOf(country)},
        ...beside(country),
      ]),
    })),
  };
}
