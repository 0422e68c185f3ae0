import {continentByCode, placeGroups} from "./place-groups.ts";
import data from "./places.json" with {type: "json"};

/** Where users are: a country, a state of the US or a province of Canada. */
export interface Place {
  /** octoDNS's code, continent, country and state: `EU-DE`, `NA-US-CA`. */
  readonly code: string;
  readonly name: string;
  /** Traffic Manager's code: `DE`, `US-CA`. */
  readonly azure: string;
  /** Its group in Traffic Manager: `GEO-EU`. */
  readonly group: string;
  /** The mean position of its cities, weighted by population. */
  readonly latitude: number;
  readonly longitude: number;
  /** The population of its cities. A country's includes its states'. */
  readonly population: number;
}

/** A line of places.json. */
export type Row = [
  code: string,
  name: string,
  latitude: number,
  longitude: number,
  population: number,
];

/**
 * Traffic Manager's groups: for the most part the continents, with a Middle East of its own.
 * https://learn.microsoft.com/azure/traffic-manager/traffic-manager-geographic-regions
 */
const groups: Readonly<Record<string, string>> = {
  AF: "GEO-AF",
  AN: "GEO-AN",
  AS: "GEO-AS",
  EU: "GEO-EU",
  NA: "GEO-NA",
  OC: "GEO-AP",
  SA: "GEO-SA",
};

const elsewhere: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    "AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE".split(" ").map((code) => [code, "GEO-ME"]),
  ),
  BV: "GEO-AF",
  CY: "GEO-EU",
  HM: "GEO-AP",
  TF: "GEO-AF",
  UM: "GEO-NA",
};

/** Every place on Earth, in order of code. A country that has states is a place too: for users whose state is not known. */
export const places: readonly Place[] = (data as Row[]).map(
  ([code, name, latitude, longitude, population]) => {
    const [continent, country, state] = code.split("-") as [string, string, string | undefined];
    const azure = state ? `${country}-${state}` : country;
    const group = elsewhere[country] ?? groups[continent]!;
    return {code, name, azure, group, latitude, longitude, population};
  },
);

const byCode = new Map(
  places.flatMap(
    (place) =>
      [
        [place.code, place],
        [place.azure, place],
      ] as const,
  ),
);

/** Looks a place up by either code, or by one of the two codes in which Eurostat differs from ISO 3166-1. */
export const placeByCode = (code: string): Place | undefined =>
  byCode.get(ofEurostat[code] ?? code);

/** https://ec.europa.eu/eurostat/statistics-explained/index.php?title=Glossary:Country_codes */
const ofEurostat: Readonly<Record<string, string>> = {EL: "GR", UK: "GB"};

/** What routing may name: groups of places, countries, states. */
export const PLACE_CODES: ReadonlySet<string> = new Set([
  ...placeGroups.keys(),
  ...places.map(({code}) => code),
]);

/**
 * The code that routing means: one of `PLACE_CODES`, or a place's by Traffic Manager, `DE` and `US-CA`, unless octoDNS
 * calls a continent so. Undefined where it means nothing, or either.
 */
export function routingCode(code: string): string | undefined {
  if (PLACE_CODES.has(code)) return code;
  return continentByCode(code) ? undefined : places.find(({azure}) => azure === code)?.code;
}

/**
 * All codes by which routing may name a place, the most specific first: itself, its country, its legal groups
 * from the smallest, its continent, the world.
 */
export function codesOf({code}: Place): string[] {
  const country = code.split("-", 2).join("-");
  const groups = [...placeGroups.values()].filter(({has}) => has(code));
  return [...new Set([code, country]), ...groups.map((group) => group.code)];
}

/** A territory without a code of its own in ISO 3166-1. */
export interface Follower {
  /** Traffic Manager's code, which ISO 3166-1 leaves to users. */
  readonly code: string;
  readonly name: string;
  /** The place with which it is served. */
  readonly with: Place;
}

/** Traffic Manager's codes for territories that are not places in the plan: https://learn.microsoft.com/azure/traffic-manager/traffic-manager-geographic-regions */
export const followers: readonly Follower[] = [
  ["XE", "Sint Eustatius", "BQ"],
  ["XJ", "Jan Mayen", "SJ"],
  ["XK", "Kosovo", "MK"],
  ["XS", "Saba", "BQ"],
].map(([code, name, other]) => ({code: code!, name: name!, with: byCode.get(other!)!}));
