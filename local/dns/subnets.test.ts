import assert from "node:assert/strict";
import {test} from "node:test";
import {places} from "../../regions/places/places.ts";
import {placeOfSubnet, subnetOf} from "./subnets.ts";

test("every place has a subnet of its own, and is found by it", () => {
  assert.equal(new Set(places.map(subnetOf)).size, places.length);
  for (const place of places) assert.equal(placeOfSubnet(subnetOf(place)), place);
});

test("one address tells the place; a wider subnet, and any other, does not", () => {
  const [place] = places;
  assert.equal(placeOfSubnet(subnetOf(place!).replace("0/24", "9/32")), place);
  for (const subnet of ["240.0.0.0/16", "198.51.100.0/24", "240.255.255.0/24", "2001:db8::/32"])
    assert.equal(placeOfSubnet(subnet), undefined, subnet);
});
