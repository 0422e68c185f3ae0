import fc from "fast-check";
import {locationsIn} from "../regions/azure.ts";
import {placeGroups} from "../regions/places/place-groups.ts";
import {places} from "../regions/places/places.ts";
import {readWorld} from "../regions/read.ts";
import type {Region, World} from "../regions/world.ts";

const example = readWorld();
const pools = ["europe", "europe-eu", "us-east", "asia", "a-pool-with-a-name-as-long-as-01"];
const labels = ["EU", "eu", "Swiss"];

const placeCode = fc.oneof(
  fc.constantFrom(...placeGroups.keys()),
  fc.constantFrom(...places.map(({code}) => code)),
);
const dictionary = <Value>(key: fc.Arbitrary<string>, value: fc.Arbitrary<Value>) =>
  fc.dictionary(key, value, {maxKeys: 4, noNullPrototype: true});

const region = fc
  .record({
    name: fc.constantFrom(...locationsIn("public").map(({name}) => name)),
    pool: fc.option(fc.constantFrom(...pools), {nil: undefined}),
    weight: fc.integer({min: 1, max: 100}),
    state: fc.constantFrom("serving" as const, "serving", "serving", "planned", "draining"),
    residency: fc.option(fc.constantFrom(...labels), {nil: undefined}),
  })
  .map((drawn): Region => ({...example.regions[0]!, ...drawn, pool: drawn.pool ?? drawn.name}));

/** Worlds of 1 to 40 regions, with anything in `routing`; of each a region serves. */
export const worlds: fc.Arbitrary<World> = fc
  .record({
    regions: fc.uniqueArray(region, {
      minLength: 1,
      maxLength: 40,
      size: "max",
      selector: ({name}) => name,
    }),
    places: dictionary(placeCode, fc.constantFrom(...pools)),
    residency: fc.oneof(
      {weight: 2, arbitrary: fc.constant({})},
      dictionary(placeCode, fc.uniqueArray(fc.constantFrom(...labels), {minLength: 1})),
    ),
    fallback: dictionary(fc.constantFrom(...pools), fc.constantFrom(...pools)),
  })
  .filter(({regions}) => regions.some(({state}) => state === "serving"))
  .map(({regions, ...routing}) => ({...example, regions, routing}));
