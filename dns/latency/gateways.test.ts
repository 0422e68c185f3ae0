import assert from "node:assert/strict";
import {test} from "node:test";
import {locations} from "../../regions/azure.ts";
import {placeByCode, places} from "../../regions/places/places.ts";
import {distancesOf} from "./distances.ts";
import {siteOf} from "./figures.ts";
import {gatewayOf} from "./gateways.ts";
import {roundTripMs} from "./latency.ts";

const distances = distancesOf(
  [...locations.keys()].map((name) => ({name, members: [{region: name, weight: 1}]})),
);
const msTo = (code: string, location: string) => distances.toPlace(location, placeByCode(code)!);

test("a trip by a gateway is the gateway's own and the way to it; all others are direct", () => {
  const by = places.filter(gatewayOf).map(({azure}) => azure);
  assert.deepEqual(by, ["KG", "KZ", "TJ", "TM", "UZ", "US-AK"]);
  for (const place of places)
    for (const location of locations.values()) {
      const site = siteOf(location);
      const ms = distances.toPlace(location.name, place);
      const gateway = gatewayOf(place);
      if (gateway)
        assert.ok(ms > roundTripMs(gateway.site, site), `${place.code} ${location.name}`);
      else assert.equal(ms, roundTripMs(place, site));
    }
});

test("Alaska is nearer to all of the mainland than to Asia, Central Asia to all of Europe than to Japan", () => {
  for (const {name, continent} of locations.values()) {
    if (continent === "US") assert.ok(msTo("US-AK", name) < msTo("US-AK", "japaneast"), name);
    if (continent === "Europe")
      for (const code of ["KG", "KZ", "TJ", "TM", "UZ"])
        assert.ok(msTo(code, name) < msTo(code, "japaneast"), `${code} ${name}`);
  }
});
