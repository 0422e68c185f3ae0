import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {governmentWorld} from "../../regions/clouds/worlds.ts";
import {alternativesTo} from "./elsewhere.ts";

const nearest = (world: typeof smallWorld, name: string) =>
  alternativesTo(world, name)
    .slice(0, 3)
    .map(({location}) => location.name);

test("the nearest locations come first, and those that are regions not at all", () => {
  assert.deepEqual(nearest(smallWorld, "eastus2"), ["eastus", "canadacentral", "centralus"]);
  const all = alternativesTo(smallWorld, "eastus2");
  assert.ok(!all.some(({location}) => ["eastus2", "westeurope"].includes(location.name)));
  const ms = all.map((alternative) => alternative.ms);
  assert.deepEqual(
    ms,
    ms.toSorted((a, b) => a - b),
  );
});

test("no location of another cloud stands in", () => {
  assert.deepEqual(nearest(governmentWorld, "usgovtexas"), []);
  const [texas] = governmentWorld.regions.filter(({name}) => name === "usgovtexas");
  const alone = {...governmentWorld, regions: [texas!]};
  assert.deepEqual(nearest(alone, "usgovtexas"), ["usgovarizona", "usgovvirginia"]);
  const all = alternativesTo(smallWorld, "eastus2");
  assert.deepEqual([...new Set(all.map(({location}) => location.cloud))], ["public"]);
});

test("what stands in for a location with zones has zones", () => {
  assert.ok(alternativesTo(smallWorld, "eastus2").every(({location}) => location.zones));
  const [region] = smallWorld.regions;
  const world = {...smallWorld, regions: [{...region!, name: "westus"}]};
  assert.ok(alternativesTo(world, "westus").some(({location}) => !location.zones));
});

test("a region with a residency is not sent to another part of the world", () => {
  const regions = smallWorld.regions.map((region) => ({...region, residency: "EU"}));
  const all = alternativesTo({...smallWorld, regions}, "westeurope");
  assert.deepEqual([...new Set(all.map(({location}) => location.continent))], ["Europe"]);
});
