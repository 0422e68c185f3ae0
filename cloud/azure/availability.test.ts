import assert from "node:assert/strict";
import {test} from "node:test";
import {readWorld} from "../../regions/read.ts";
import type {AzureModel} from "../../regions/world.ts";
import {globalLocations, isOffered, zoneOf} from "./availability.ts";

const cases: Record<string, readonly [model: string, sku: string, location: string, is: boolean]> =
  {
    "a zone's sku in the zone": ["gpt-5.6-luna", "DataZoneStandard", "westeurope", true],
    "a zone's provisioned sku out of any": [
      "gpt-5.6-luna",
      "DataZoneProvisionedManaged",
      "japaneast",
      false,
    ],
    "the whole world's sku out of any zone": ["gpt-5.6-luna", "GlobalStandard", "japaneast", true],
    "a zone's sku that the other zone has alone": [
      "gpt-5.4-nano",
      "DataZoneStandard",
      "swedencentral",
      false,
    ],
    "the zone that has it": ["gpt-5.4-nano", "DataZoneStandard", "eastus2", true],
    "a small model of today's in its region alone": ["gpt-5.6-luna", "Standard", "eastus2", false],
    "an older one": ["gpt-4.1-mini", "Standard", "westeurope", true],
    "a region that lacks a model": ["gpt-5-nano", "GlobalStandard", "canadacentral", false],
    "a zone of Azure Government": ["gpt-5.6-luna", "DataZoneStandard", "usgovvirginia", true],
    "what Azure Government has by region": ["gpt-4.1-mini", "Standard", "usgovarizona", true],
    "a global one of Azure Government": ["gpt-4o", "GlobalStandard", "usgovarizona", false],
    "a model that no table names": ["gpt-9", "GlobalStandard", "canadacentral", true],
  };
for (const [name, [model, sku, location, is]] of Object.entries(cases))
  test(`${name}: ${model} ${sku} ${location}`, () =>
    assert.equal(isOffered(model, sku, location), is));

test("no location is in two zones, and a global deployment computes in both and beyond", () => {
  assert.equal(new Set(globalLocations).size, globalLocations.length);
  const zones = new Set(globalLocations.map(zoneOf));
  assert.deepEqual([zones.size, zones.has(undefined)], [3, true]);
});

test("all that the repository's own regions.yaml asks for is offered", () => {
  const {models, regions} = readWorld();
  for (const {name, deployments} of regions)
    for (const {model, sku} of deployments)
      assert.ok(
        isOffered((models[model] as AzureModel).model, sku, name),
        `${name} ${model} ${sku}`,
      );
});
