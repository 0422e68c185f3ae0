import assert from "node:assert/strict";
import {test} from "node:test";
import type {Deployment} from "../../regions/world.ts";
import {spilloverOf} from "./spillover.ts";

const deployment = (name: string, sku: Deployment["sku"], more: Partial<Deployment> = {}) =>
  ({name, model: "luna", sku, capacity: 50, share: 50, ...more}) satisfies Deployment;

const units = deployment("units", "GlobalProvisionedManaged");
const zoned = deployment("zoned", "DataZoneProvisionedManaged");
const tokens = deployment("tokens", "GlobalStandard", {priority: 2});

const cases: Readonly<Record<string, [of: Deployment, other: Deployment, to: string | undefined]>> =
  {
    "to what is asked after it": [units, tokens, "tokens"],
    "within a data zone": [zoned, {...tokens, sku: "DataZoneStandard"}, "tokens"],
    "not out of a data zone": [zoned, tokens, undefined],
    "not where both are asked alike": [units, {...tokens, priority: 1}, undefined],
    "not to another model": [units, {...tokens, model: "nano"}, undefined],
    "not past a filter": [{...units, filter: "strict"}, tokens, undefined],
    "not of what is paid by the token": [tokens, {...units, priority: 3}, undefined],
    "not of a region's own units": [{...units, sku: "ProvisionedManaged"}, tokens, undefined],
  };

for (const [name, [of, other, to]] of Object.entries(cases))
  test(`Azure spills ${name}`, () => assert.equal(spilloverOf(of, [of, other]), to));
