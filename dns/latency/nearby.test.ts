import assert from "node:assert/strict";
import {test} from "node:test";
import {locations} from "../../regions/azure.ts";
import {placeByCode} from "../../regions/places/places.ts";
import {siteOf} from "./figures.ts";
import {createDetour} from "./nearby.ts";

const at = (name: string) => locations.get(name)!;
/** Expected 10 ms each. */
const detour = createDetour(
  [
    {from: at("uksouth"), to: at("westus"), ms: 20},
    {from: at("westeurope"), to: at("westus"), ms: 20},
    {from: at("polandcentral"), to: at("westus"), ms: 10},
    {from: at("uksouth"), to: at("eastus"), ms: 5},
  ],
  () => 10,
);
const detourOf = (place: string, to: string) => detour(placeByCode(place)!, siteOf(at(to)));

test("a trip takes as many times as long as trips nearby do", () => {
  assert.equal(detourOf("GB", "westus").toFixed(1), "1.9");
  assert.equal(detourOf("PL", "westus").toFixed(1), "1.3");
  assert.equal(detourOf("GB", "eastus").toFixed(1), "0.5");
});

test("one way says nothing of the other, and what is far nothing at all", () => {
  assert.equal(detourOf("US-CA", "uksouth"), 1);
  assert.equal(detourOf("KE", "westus"), 1);
  assert.equal(detourOf("GB", "japaneast"), 1);
});
