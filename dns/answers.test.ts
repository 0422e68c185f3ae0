import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {type Place, placeByCode, places} from "../regions/places/places.ts";
import {answersIn} from "./answers.ts";
import {describeDeviations} from "./deviations.ts";
import {azureTree, ns1Tree, octodnsTree, route53Tree, type Tree} from "./geography.ts";
import type {MergedChain} from "./merged-chains.ts";
import {providers} from "./octodns/providers.ts";

/** Each chain with some places; the first has all the others. */
function chainsOf(named: Record<string, readonly [pools: string, codes: string]>): MergedChain[] {
  const taken = new Map<Place, string>();
  for (const [name, [, codes]] of Object.entries(named))
    for (const code of codes.split(" ").filter(Boolean)) taken.set(placeByCode(code)!, name);
  const first = Object.keys(named)[0]!;
  return Object.entries(named).map(([name, [pools]]) => ({
    name,
    pools: pools.split(" "),
    places: places
      .filter((place) => (taken.get(place) ?? first) === name)
      .map((place) => ({place, roundTripMs: 1, reason: "nearest"})),
  }));
}

const nodes = (tree: Tree): Tree[] => [tree, ...tree.children.flatMap(nodes)];

test("every hierarchy has every place once, by a code or as what is above it", () => {
  for (const tree of [azureTree, octodnsTree, route53Tree, ns1Tree]) {
    const named = nodes(tree).flatMap(({place, code}) => (place && code.length > 1 ? [place] : []));
    const unnamed = nodes(tree).flatMap(({unnamed = []}) => unnamed);
    const all = new Set([...named, ...unnamed]);
    assert.deepEqual(
      [...all].map(({code}) => code).toSorted(),
      places.map(({code}) => code),
    );
    assert.deepEqual(
      unnamed.filter((place) => named.includes(place)),
      [],
    );
  }
});

describe("Route 53", () => {
  const told = (named: Parameters<typeof chainsOf>[0]) =>
    describeDeviations(
      answersIn(route53Tree, chainsOf(named), "Route 53").deviations,
      providers.route53,
    );
  const all = "east west north";
  const pools = {east: all, west: "west east north", north: "north east west"};

  test("answers all of Canada as most of its people are planned to be, and says who is not", () => {
    assert.deepEqual(
      told({
        north: [pools.north, ""],
        east: [pools.east, "CA CA-ON CA-QC"],
        west: [pools.west, "CA-BC CA-AB"],
      }),
      [
        "Alberta, British Columbia: answered as Canada, by east, not by west: Route 53 has no provinces.",
        "Manitoba, New Brunswick, Newfoundland and Labrador, Nova Scotia, Northwest Territories, Nunavut, Prince Edward Island, Saskatchewan, Yukon: answered as Canada, by east, not by north: Route 53 has no provinces.",
      ],
    );
  });

  test("moves a country whose own plan is not that of most of its people", () => {
    assert.deepEqual(told({north: [pools.north, ""], west: [pools.west, "CA"]}), [
      "Canada: answered as Canada, by north, not by west: it is answered as a whole.",
    ]);
  });

  test("keeps the residency of one province for all of them", () => {
    const deviations = told({east: [pools.east, ""], bound: ["north", "CA-PE"]});
    assert.equal(deviations.length, 2);
    assert.match(deviations[0]!, /^Canada: answered as Canada, by north, not by east:/);
    assert.match(deviations[1]!, /^Alberta, .* Yukon: answered as Canada, by north, not by east:/);
  });

  test("refuses provinces that cannot be answered alike, each by name, with the mend", () => {
    assert.throws(() => told({east: [all, ""], qc: ["north", "CA-QC"], on: ["west", "CA-ON"]}), {
      message: `Route 53 cannot keep every residency of this plan:
  - Quebec (NA-CA-QC): has no code there, and is answered as NA-CA by west
Give what these are answered as the same residency in routing.residency, or lift theirs.`,
    });
  });

  test("answers what it cannot name as its own continent, or the rest of the world", () => {
    const codes = "TL VA AQ EH BV";
    assert.deepEqual(told({east: [pools.east, ""], west: [pools.west, codes]}), [
      "Western Sahara, Bouvet Island: answered as the rest of the world, by east, not by west: Route 53 does not take it.",
      "Antarctica: answered as the rest of Antarctica, by east, not by west: octodns-route53 could not read it again.",
      "Timor-Leste: answered as the rest of Oceania, by east, not by west: octodns-route53 could not read it again.",
      "Vatican City: answered as the rest of Europe, by east, not by west: octodns-route53 could not read it again.",
    ]);
    assert.deepEqual(told({east: [pools.east, ""], bound: ["north", "VA"]}), []);
  });
});

test("what two systems count to different continents is named even where nothing differs", () => {
  const named = (tree: Tree) => {
    const {codes} = answersIn(tree, chainsOf({east: ["east", ""]}), "");
    return codes.get("east")!.join(" ");
  };
  assert.equal(named(route53Tree), "AS-CY AS-TR SA-GS WORLD");
  assert.equal(named(octodnsTree), "AN-BV AN-HM AN-TF AS-CY OC-UM WORLD");
  assert.equal(named(azureTree), "WORLD");
});

test("Traffic Manager keeps the residency of Western Sahara by that of Africa, whatever it costs", () => {
  const chains = chainsOf({east: ["east north", ""], bound: ["north", "EH"]});
  const {codes, deviations} = answersIn(azureTree, chains, "Traffic Manager");
  assert.deepEqual(codes.get("bound"), ["GEO-AF"]);
  const africa = places.filter(({group, azure}) => group === "GEO-AF" && azure !== "EH");
  const named = ["WORLD", ...africa.map(({azure}) => azure)];
  assert.deepEqual(codes.get("east"), named.toSorted());
  assert.deepEqual(deviations, []);
});
