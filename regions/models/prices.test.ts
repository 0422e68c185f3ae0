import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {locations} from "../azure.ts";
import {SKUS} from "../schema.ts";
import type {Sku} from "../world.ts";
import {tokenPrice} from "./prices.ts";
import {releases} from "./releases.ts";

const models = Object.keys(releases).map((name) => name.split(" ")[0]!);

const cases: Record<string, [model: string, sku: Sku, location: string, output?: number]> = {
  "anywhere on Earth": ["gpt-5.6-luna", "GlobalStandard", "westeurope", 1.2],
  "in a zone, a tenth more": ["gpt-5.6-luna", "DataZoneStandard", "westeurope", 1.32],
  "of gpt-6 in the EU, a fifth more": ["gpt-6-luna", "DataZoneStandard", "swedencentral", 0.6],
  "of gpt-6 in the US, a tenth more": ["gpt-6-luna", "DataZoneStandard", "eastus2", 0.55],
  "in one region": ["gpt-4.1-mini", "Standard", "japaneast", 1.76],
  "of provisioned units": ["gpt-5.6-luna", "ProvisionedManaged", "eastus2"],
  "of a model that is not listed": ["toString", "GlobalStandard", "eastus2"],
};

for (const [what, [model, sku, location, output]] of Object.entries(cases))
  test(`a million tokens out ${what}`, () => {
    const found = tokenPrice(model, sku, location)?.output;
    assert.equal(found && Number(found.toFixed(6)), output);
  });

test("every model on sale has a price but as provisioned units, and what is cached is cheaper", () => {
  const anything = [models, SKUS, [...locations.keys()]] as const;
  const [model, sku, location] = anything.map((all) => fc.constantFrom(...all));
  fc.assert(
    fc.property(model!, sku as fc.Arbitrary<Sku>, location!, (model, sku, location) => {
      const found = tokenPrice(model, sku, location);
      assert.equal(found === undefined, sku.endsWith("ProvisionedManaged"));
      if (!found) return;
      const {input, cached, output} = found;
      assert.ok(0 < cached && cached < input && input < output);
      assert.ok(input >= tokenPrice(model, "GlobalStandard", location)!.input);
    }),
  );
});
