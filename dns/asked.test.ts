import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {followers, PLACE_CODES, places} from "../regions/places/places.ts";
import {readWorld} from "../regions/read.ts";
import {askedFor} from "./asked.ts";
import {explainAsked, explanationOf} from "./explanation.ts";
import {azureTree, ns1Tree, octodnsTree, route53Tree, type Tree} from "./geography.ts";
import {explainGroup, groupExplanationOf} from "./group-explanation.ts";
import {dynamicRecord} from "./octodns/octodns.ts";
import {type Plan, planOf} from "./plan.ts";
import {profilesOf} from "./traffic-manager/traffic-manager.ts";
import {worlds} from "./worlds.ts";

const plan = planOf(readWorld());

/** What `--place` prints. */
function explained(code: string, of: Plan = plan): string {
  const asked = askedFor(code);
  assert.ok(asked, `${code} is not explained`);
  if ("place" in asked) return explainAsked(asked, explanationOf(of, asked.place));
  return explainGroup(groupExplanationOf(of, asked));
}

const codesIn = (tree: Tree): string[] => [tree.code, ...tree.children.flatMap(codesIn)];

describe("every code is explained", () => {
  test("that the plan knows, or any renderer can write, in capitals or not", () => {
    const codes = new Set([
      ...PLACE_CODES,
      ...places.flatMap(({code, azure, group}) => [code, azure, group]),
      ...followers.map(({code}) => code),
      ...[azureTree, octodnsTree, route53Tree, ns1Tree].flatMap(codesIn),
    ]);
    assert.ok(codes.size > 630, `${codes.size}`);
    for (const code of codes)
      for (const written of [code, code.toLowerCase(), code.toUpperCase()])
        assert.equal(explained(written), explained(code));
  });

  test("that any world's profiles and record have", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const plan = planOf(world);
        fc.pre(plan.rules.every(({chain}) => chain.length > 0));
        const {rules} = dynamicRecord(world, plan).dynamic;
        const codes = [
          ...profilesOf(world, plan).flatMap(({endpoints}) =>
            endpoints.flatMap((e) => e.geoMapping ?? []),
          ),
          ...rules.flatMap(({geos = []}) => geos),
        ];
        for (const code of codes) assert.notEqual(explained(code, plan), "");
      }),
      {numRuns: 20},
    );
  });

  test("the same in both ways of writing it", () => {
    for (const {code, azure} of places)
      assert.equal(explained(code).split("\n")[0], explained(azure).split("\n")[0]);
  });
});

const told: Record<string, RegExp> = {
  XK: /^Kosovo \(XK\) is no place of its own in the plan: it goes with North Macedonia \(MK\).*\nNorth Macedonia \(MK\) is served by europe:/,
  MK: /\nKosovo \(XK\) goes with it\.\n$/,
  BQ: /\nSint Eustatius \(XE\) goes with it\.\nSaba \(XS\) goes with it\.\n$/,
  XJ: /it goes with Svalbard & Jan Mayen \(SJ\)/,
  EH: /\nTraffic Manager has no code for it, and answers it as the rest of GEO-AF:/,
  AF: /^Afghanistan \(AF\) .*octoDNS writes AF for Africa too, which is africa here\.\n$/s,
  EU: /^European Union \(EU\): 34 places\.\neurope\.EU: 34 of them, served by westeurope 67%, swedencentral 33%, then by nobody:\n {2}Réunion, .*\noctoDNS writes EU for Europe, which is europe here\.\n$/,
  europe:
    /^Europe \(europe\): 51 places\.\neurope\.EU: 27 of them,.*\neurope: 24 of them, .*\n {2}Andorra, .*Switzerland, .*United Kingdom/s,
  "GEO-ME": /^Group of Traffic Manager \(GEO-ME\): 15 places\./,
  WORLD: /^World \(world\): 313 places\./,
};
for (const [code, words] of Object.entries(told))
  test(`--place ${code}`, () => assert.match(explained(code), words));

test("what is no code is not explained", () => {
  for (const code of ["", "XX", "GEO-XX", "US-XX", "EU-US", "toString", "__proto__"])
    assert.equal(askedFor(code), undefined, code);
});
