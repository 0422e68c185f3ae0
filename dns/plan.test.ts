import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {places} from "../regions/places/places.ts";
import {parseWorld, readWorld} from "../regions/read.ts";
import {type Plan, planOf} from "./plan.ts";

function worldOf(regions: string, routing = "{}") {
  return parseWorld(`
service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  objective: {success: 99%, firstByte: 400ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
models: {codex: {model: gpt-35-turbo-instruct, version: "0914"}}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
  deployments: [{model: codex, sku: Standard, capacity: 240}]
regions: {${regions}}
routing: ${routing}
`);
}

const ruleOf = (plan: Plan, code: string) =>
  plan.rules.find(({places}) => places.some(({place}) => place.code === code))?.name;

const rulesOf = (plan: Plan, codes: readonly string[]) =>
  Object.fromEntries(codes.map((code) => [code, ruleOf(plan, code)]));

test("the example: every place is in one rule, by what is nearest, by hand and by residency", () => {
  const plan = planOf(readWorld());
  const all = plan.rules.flatMap(({places}) => places.map(({place}) => place.code));
  assert.deepEqual(
    all.toSorted(),
    places.map(({code}) => code),
  );
  assert.deepEqual(
    plan.rules.map(({name, chain}) => [name, chain.join(" ")]),
    [
      ["brazilsouth", "brazilsouth us-east europe japaneast"],
      ["europe", "europe us-east brazilsouth japaneast"],
      ["europe.EU", "europe"],
      ["japaneast", "japaneast us-east europe brazilsouth"],
      ["us-east", "us-east europe brazilsouth japaneast"],
    ],
  );
  assert.deepEqual(
    rulesOf(plan, [
      "NA-US-NY",
      "NA-US-CA",
      "NA-US-HI",
      "NA-CA-QC",
      "SA-AR",
      "SA-CO",
      "EU-DE",
      "AF-ZA",
      "AS-IN",
      "OC-AU",
    ]),
    {
      "NA-US-NY": "us-east",
      "NA-US-CA": "us-east",
      "NA-US-HI": "japaneast",
      "NA-CA-QC": "us-east",
      "SA-AR": "brazilsouth",
      "SA-CO": "us-east",
      "EU-DE": "europe.EU",
      "AF-ZA": "europe",
      "AS-IN": "japaneast",
      "OC-AU": "japaneast",
    },
  );
  assert.deepEqual(plan.warnings, []);
});

describe("the plan", () => {
  const cases: Record<string, [regions: string, routing: string, codes: Record<string, string>]> = {
    "the most specific hand wins": [
      "eastus2: , westeurope: , japaneast: ",
      "{places: {north-america: japaneast, NA-US: westeurope, NA-US-CA: eastus2}}",
      {
        "NA-MX": "japaneast",
        "NA-US-NY": "westeurope",
        "NA-US": "westeurope",
        "NA-US-CA": "eastus2",
      },
    ],
    "a country comes before a law, the narrower law before the wider, a law before a continent, that before the world":
      [
        "eastus2: , westeurope: , japaneast: , uksouth: , brazilsouth: , centralindia: ",
        "{places: {world: eastus2, europe: westeurope, EEA: japaneast, EU: uksouth, SA-GF: brazilsouth, south-america: centralindia}}",
        {
          "AF-ZA": "eastus2",
          "EU-CH": "westeurope",
          "EU-NO": "japaneast",
          "EU-DE": "uksouth",
          "AS-CY": "uksouth",
          "NA-GP": "uksouth",
          "SA-GF": "brazilsouth",
          "SA-BR": "centralindia",
        },
      ],
    "residency is kept by law: in Cyprus and overseas, not in what is of Europe alone": [
      "eastus2: , westeurope: {residency: EU}",
      "{residency: {EU: [EU]}, places: {world: eastus2}}",
      {
        "EU-DE": "westeurope.EU",
        "EU-AX": "westeurope.EU",
        "AS-CY": "westeurope.EU",
        "NA-GP": "westeurope.EU",
        "AF-RE": "westeurope.EU",
        "EU-RU": "eastus2",
        "EU-GB": "eastus2",
        "NA-GL": "eastus2",
        "OC-PF": "eastus2",
      },
    ],
    "residency is over the hand": [
      "eastus2: , westeurope: {residency: EU}",
      "{places: {europe: eastus2}, residency: {EU-DE: [EU]}}",
      {"EU-DE": "westeurope.EU", "EU-FR": "eastus2"},
    ],
    "a pool with a region of another residency is not in it": [
      "westeurope: {pool: mixed, residency: EU}, uksouth: {pool: mixed, residency: UK}, swedencentral: {residency: EU}",
      "{residency: {EU-NL: [EU]}}",
      {"EU-NL": "swedencentral.EU"},
    ],
    "planned and draining regions serve nobody": [
      "eastus2: , westeurope: {state: planned}, northeurope: {state: draining}",
      "{}",
      {"EU-DE": "eastus2", "EU-IE": "eastus2"},
    ],
  };
  for (const [name, [regions, routing, codes]] of Object.entries(cases))
    test(name, () => {
      assert.deepEqual(rulesOf(planOf(worldOf(regions, routing)), Object.keys(codes)), codes);
    });

  test("fallback is by hand where it is said, then the nearest that is left", () => {
    const routing = "{fallback: {eastus2: japaneast}}";
    const plan = planOf(worldOf("eastus2: , centralus: , japaneast: ", routing));
    assert.deepEqual(
      plan.rules.map(({chain}) => chain),
      [
        ["centralus", "eastus2", "japaneast"],
        ["eastus2", "japaneast", "centralus"],
        ["japaneast", "centralus", "eastus2"],
      ],
    );
  });

  test("the order of regions.yaml changes nothing", () => {
    const regions = ["eastus2: {pool: us}", "centralus: {pool: us, weight: 2}", "westeurope: "];
    const [forward, backward] = [regions, regions.toReversed()].map((list) =>
      JSON.stringify(planOf(worldOf(list.join(", ")))),
    );
    assert.equal(forward, backward);
  });

  test("places by hand that the pool cannot have are warned of", () => {
    const regions = "eastus2: , westeurope: {residency: EU}, uksouth: {residency: EU}";
    const draining = "brazilsouth: {state: draining}";
    const routing =
      "{places: {EU-DE: eastus2, SA-AR: brazilsouth, SA-CL: eastus2}, residency: {EU-DE: [EU]}}";
    const {warnings} = planOf(worldOf(`${regions}, ${draining}`, routing));
    const why = "for it has no serving region or does not keep their residency; name another pool";
    assert.deepEqual(warnings, [
      `Germany: served by westeurope, not by eastus2 as routing.places says, ${why}`,
      `Argentina: served by eastus2, not by brazilsouth as routing.places says, ${why}`,
    ]);
  });

  test("places with one region, or none, are warned of, with the remedy", () => {
    const routing = "{residency: {EU-DE: [EU], EU-CH: [CH]}}";
    const plan = planOf(
      worldOf(
        "eastus2: , westeurope: {residency: EU}, uksouth: {state: planned, residency: CH}",
        routing,
      ),
    );
    assert.deepEqual(plan.warnings, [
      "Switzerland: no serving region keeps the residency; give one its label, or lift routing.residency",
      "Germany: served by westeurope alone; add a region that may take westeurope.EU over",
    ]);
  });
});

test("a pool that serves nobody is told", () => {
  const {warnings} = planOf(worldOf("eastus2: {}, uksouth: {}", "{places: {world: eastus2}}"));
  assert.match(warnings.join(), /^uksouth: serves no place, for each has a nearer pool/);
});
