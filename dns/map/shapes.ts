import {createRequire} from "node:module";
import type {Feature, Geometry} from "geojson";
import {feature} from "topojson-client";
import type {GeometryCollection, Topology} from "topojson-specification";
import {type Place, places} from "../../regions/places/places.ts";

/** The outline of a country. */
export interface Shape {
  readonly country: Place;
  readonly outline: Feature<Geometry>;
}

/**
 * Natural Earth's countries at 1:110 million, in the public domain (https://www.naturalearthdata.com),
 * as the npm package world-atlas carries them. It has no states, and no country too small for the scale.
 */
export function countryShapes(): Shape[] {
  const atlas = createRequire(import.meta.url)("world-atlas/countries-110m.json") as Topology<{
    countries: GeometryCollection<{name: string}>;
  }>;
  return feature(atlas, atlas.objects.countries).features.map((outline) => ({
    country: countryOf(outline.properties.name),
    outline,
  }));
}

function countryOf(name: string): Place {
  const country = byName.get(name) ?? byCode.get(otherNames[name] ?? "");
  if (country) return country;
  throw new Error(`world-atlas has "${name}", which no place is called; add it to otherNames`);
}

const countries = places.filter(({azure}) => !azure.includes("-"));
const byName = new Map(countries.map((place) => [place.name, place]));
const byCode = new Map(countries.map((place) => [place.azure, place]));

/** Natural Earth's names that differ from CLDR's. Areas without an ISO 3166-1 code are drawn as DNS serves them. */
const otherNames: Readonly<Record<string, string>> = {
  "Bosnia and Herz.": "BA",
  "Central African Rep.": "CF",
  Congo: "CG",
  "Côte d'Ivoire": "CI",
  "Dem. Rep. Congo": "CD",
  "Dominican Rep.": "DO",
  "Eq. Guinea": "GQ",
  eSwatini: "SZ",
  "Falkland Is.": "FK",
  "Fr. S. Antarctic Lands": "TF",
  Kosovo: "MK",
  Macedonia: "MK",
  Myanmar: "MM",
  "N. Cyprus": "CY",
  Palestine: "PS",
  "S. Sudan": "SS",
  "Solomon Is.": "SB",
  Somaliland: "SO",
  "Trinidad and Tobago": "TT",
  Turkey: "TR",
  "United States of America": "US",
  "W. Sahara": "EH",
};
