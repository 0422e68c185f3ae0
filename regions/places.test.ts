import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {covers, PLACE_CODES, type Place, placeByCode, places} from "./places.ts";

test("every country and territory, state of the US and province of Canada, once, in order", () => {
  const codes = places.map(({code}) => code);
  assert.deepEqual(codes, [...new Set(codes)].toSorted());
  const parts = Map.groupBy(codes, (code) => code.split("-").slice(1, -1).join());
  assert.deepEqual(
    [...parts].map(([country, codes]) => [country, codes.length]),
    [
      ["", 249],
      ["CA", 13],
      ["US", 51],
    ],
  );
});

describe("a place", () => {
  const cases: Record<string, Omit<Place, "population" | "latitude" | "longitude">> = {
    "EU-DE": {code: "EU-DE", name: "Germany", azure: "DE", group: "GEO-EU"},
    "US-CA": {code: "NA-US-CA", name: "California", azure: "US-CA", group: "GEO-NA"},
    "NA-CA-QC": {code: "NA-CA-QC", name: "Quebec", azure: "CA-QC", group: "GEO-NA"},
    CY: {code: "AS-CY", name: "Cyprus", azure: "CY", group: "GEO-EU"},
    IL: {code: "AS-IL", name: "Israel", azure: "IL", group: "GEO-ME"},
    AU: {code: "OC-AU", name: "Australia", azure: "AU", group: "GEO-AP"},
    AQ: {code: "AN-AQ", name: "Antarctica", azure: "AQ", group: "GEO-AN"},
    HM: {code: "AN-HM", name: "Heard & McDonald Islands", azure: "HM", group: "GEO-AP"},
  };
  for (const [code, expected] of Object.entries(cases))
    test(`${code} is ${expected.name}`, () => {
      const {population, latitude, longitude, ...place} = placeByCode(code)!;
      assert.deepEqual(place, expected);
    });

  test("is where most of its people are", () => {
    const at = (code: string) => {
      const {latitude, longitude} = placeByCode(code)!;
      return [Math.round(latitude), Math.round(longitude)];
    };
    // Alaska and Fiji have cities on both sides of the date line, or near it.
    assert.deepEqual(["CA-ON", "US-CA", "US-AK", "RU", "FJ"].map(at), [
      [44, -79],
      [35, -119],
      [61, -149],
      [57, 52],
      [-18, 178],
    ]);
    assert.equal(placeByCode("XX"), undefined);
  });
});

test("a code covers itself and what is in it, by whole parts", () => {
  const california = placeByCode("US-CA")!;
  const covering = ["NA", "NA-US", "NA-US-CA", "NA-U", "N", "NA-CA", "US-CA", "EU"].filter((code) =>
    covers(code, california),
  );
  assert.deepEqual(covering, ["NA", "NA-US", "NA-US-CA"]);
  assert.equal(covers("NA-US-CA", placeByCode("NA-US")!), false);
});

test("regions.yaml may name continents and places, as octoDNS writes them", () => {
  const asked = ["AF", "AN", "AS", "EU", "NA", "OC", "SA", "EU-DE", "NA-US-CA", "DE", "US-CA"];
  assert.deepEqual(
    asked.filter((code) => !PLACE_CODES.has(code)),
    ["DE", "US-CA"],
  );
  assert.equal(PLACE_CODES.size, 7 + places.length);
});
