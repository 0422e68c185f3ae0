import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {continentByCode, placeGroups} from "./place-groups.ts";
import {
  codesOf,
  followers,
  PLACE_CODES,
  type Place,
  placeByCode,
  places,
  routingCode,
} from "./places.ts";

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

describe("what routing may call a place, what says most about it first", () => {
  const cases: Record<string, string> = {
    "NA-US-CA": "NA-US-CA NA-US north-america world",
    "NA-US": "NA-US north-america world",
    "EU-DE": "EU-DE EU EEA europe world",
    "AS-CY": "AS-CY EU EEA asia world",
    "NA-GP": "NA-GP EU EEA north-america world",
    "EU-NO": "EU-NO EEA europe world",
    "EU-SJ": "EU-SJ europe world",
    "EU-RU": "EU-RU europe world",
    "AN-AQ": "AN-AQ antarctica world",
  };
  for (const [code, codes] of Object.entries(cases))
    test(codes, () => assert.equal(codesOf(placeByCode(code)!).join(" "), codes));

  test("each is within the next, but for laws over continents, so that no place is ambiguous", () => {
    const placesIn = (code: string) =>
      new Set(places.filter((place) => codesOf(place).includes(code)));
    const members = new Map([...PLACE_CODES].map((code) => [code, placesIn(code)]));
    const assertNested = (codes: readonly string[]) => {
      for (const [index, code] of codes.slice(1).entries())
        assert.ok(members.get(codes[index]!)!.isSubsetOf(members.get(code)!), codes.join(" "));
    };
    for (const place of places) {
      const codes = codesOf(place);
      const own = place.azure.includes("-") ? 2 : 1;
      assert.deepEqual(codes, [...new Set(codes)]);
      assert.equal(codes.at(-2), continentByCode(place.code.slice(0, 2))!.code);
      assertNested([...codes.slice(0, own), ...codes.slice(-2)]);
      assertNested(codes.slice(0, -2));
    }
  });

  test("nothing else is one", () => {
    const all = new Set(places.flatMap(codesOf));
    assert.deepEqual([...PLACE_CODES].toSorted(), [...all].toSorted());
    for (const code of ["AF", "AN", "AS", "NA", "OC", "SA", "DE", "US-CA", "XK"])
      assert.ok(!PLACE_CODES.has(code), code);
  });
});

describe("a law holds in", () => {
  const membersOf = (code: string) =>
    places.filter((place) => placeGroups.get(code)!.has(place.code)).map(({azure}) => azure);
  // Annex II TFEU, with Saint-Barthélemy, and what Article 355(5) and the Agreement leave out.
  const overseas = "GL NC PF TF WF PM BL AW BQ CW SX".split(" ");
  const others = [...overseas, ..."FO GB GG GI IM JE CH AD MC SM VA RU TR MK SJ".split(" ")];

  for (const [code, states, more] of [
    ["EU", 27, ""],
    ["EEA", 30, "IS LI NO"],
  ] as const)
    test(`${code}: ${states} states and the territories that have codes`, () => {
      const members = membersOf(code);
      assert.equal(members.length, states + "AX GF GP MF MQ RE YT".split(" ").length);
      for (const member of `AX GF GP MF MQ RE YT CY DE ${more}`.trim().split(" "))
        assert.ok(members.includes(member), member);
      for (const other of others) assert.ok(!members.includes(other), other);
    });
});

test("what is no place of the plan goes with one, by a code that no place has", () => {
  assert.deepEqual(
    followers.map(({code, name, with: place}) => `${code} ${name}: ${place.azure}`),
    ["XE Sint Eustatius: BQ", "XJ Jan Mayen: SJ", "XK Kosovo: MK", "XS Saba: BQ"],
  );
  for (const {code} of followers) assert.equal(placeByCode(code), undefined);
});

test("routing takes either code of a place, but those that octoDNS has for continents", () => {
  const both = places.filter(({azure}) => !["AF", "AS", "NA", "SA"].includes(azure));
  for (const {azure, code} of both)
    assert.deepEqual([routingCode(azure), routingCode(code)], [code, code]);
  for (const code of ["AF", "AS", "NA", "SA", "de", "XX"])
    assert.equal(routingCode(code), undefined);
});
