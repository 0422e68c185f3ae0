import assert from "node:assert/strict";
import {test} from "node:test";
import {locations} from "../../regions/azure.ts";
import type {Region} from "../../regions/world.ts";
import {smallWorld} from "../fixture.ts";
import {type Window, windowOf} from "./maintenance.ts";

const regionOf = (name: string): Region => ({...smallWorld.regions[0]!, name});

const windows: Record<string, Window> = {
  australiaeast: {day: "Monday", startTime: "02:00", utcOffset: "+10:00"},
  brazilsouth: {day: "Monday", startTime: "02:00", utcOffset: "-03:00"},
  eastus2: {day: "Tuesday", startTime: "02:00", utcOffset: "-05:00"},
  japaneast: {day: "Thursday", startTime: "02:00", utcOffset: "+09:00"},
  westeurope: {day: "Wednesday", startTime: "02:00", utcOffset: "+00:00"},
};

for (const [name, window] of Object.entries(windows))
  test(`${name} is upgraded at its own night`, () => {
    assert.deepEqual(windowOf(regionOf(name)), window);
  });

test("the regions of Azure are spread over the days", () => {
  const days = [...locations.keys()].map((name) => windowOf(regionOf(name)).day);
  const most = Math.max(...[...Map.groupBy(days, (day) => day).values()].map(({length}) => length));
  assert.ok(most <= days.length / 2, `${most} of ${days.length} on one day`);
});

test("regions.yaml has the last word", () => {
  const {cluster} = smallWorld.regions[0]!;
  const maintenance = {day: "Sunday", hour: 14};
  const region: Region = {...smallWorld.regions[0]!, cluster: {...cluster, maintenance}};
  assert.deepEqual(windowOf(region), {
    day: "Sunday",
    startTime: "14:00",
    utcOffset: "-05:00",
  });
});
