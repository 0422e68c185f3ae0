import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../fixture.ts";
import {nodeZones, zonesOf} from "./zones.ts";

const [region] = smallWorld.regions;
const at = (name: string) => ({...region!, name});

const cases: Record<
  string,
  [zones: readonly number[] | undefined, location: string, of: string[]]
> = {
  "all where none is named": [undefined, "eastus2", ["1", "2", "3"]],
  "those that are named, in Azure's order": [[3, 1], "eastus2", ["1", "3"]],
  "none where the location has none": [undefined, "westus", []],
  "none of what defaults name where the location has none": [[1, 2], "westus", []],
};

for (const [what, [zones, location, expected]] of Object.entries(cases))
  test(`nodes are in ${what}`, () => {
    assert.deepEqual(nodeZones(at(location), {zones}), expected);
    assert.deepEqual(nodeZones(at(location), {zones: undefined}), zonesOf(at(location)));
  });
