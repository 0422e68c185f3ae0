import assert from "node:assert/strict";
import {before, describe, test} from "node:test";
import {fileURLToPath} from "node:url";
import fc from "fast-check";
import {insideWorld, smallWorld} from "../../infra/fixture.ts";
import {readWorld} from "../../regions/read.ts";
import type {Region, World} from "../../regions/world.ts";
import {exampleStacks} from "../preview/example-stacks.ts";
import {readLoad} from "../scale/load.ts";
import {type Cost, costsOf, dollarsIn, totalOf} from "./cost.ts";
import {report} from "./report.ts";
import {type Usage, usageOf} from "./usage.ts";

const load = readLoad(fileURLToPath(new URL("../scale/load.yaml", import.meta.url)));
const exampleOf = (name: string) =>
  readWorld(fileURLToPath(new URL(`../../examples/${name}.yaml`, import.meta.url)));
const use = (region: string, more: Partial<Usage>): Usage => ({
  ...{region, requests: 0, egressGb: 0, logsGb: 0, samples: 0},
  ...more,
});
const stackNamed = (name: string) => ({name, resources: [], outputs: {}, secretOutputs: []});
const close = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-6 * Math.max(1, wanted), `${found}, not ${wanted}`);

describe("a region for a team of 50", () => {
  let costs: readonly Cost[];
  before(async () => {
    const world = exampleOf("small");
    costs = costsOf(world, await exampleStacks(world), usageOf(world, 50, load));
  });

  test("costs less than $300 a month, with logs, metrics and egress", () => {
    const total = dollarsIn(totalOf(costs));
    assert.ok(total > 200 && total < 300, `$${total}`);
  });

  test("costs most where the nodes are", () => {
    assert.deepEqual(
      costs.map(({stack}) => stack),
      ["global", "eastus2", "fallback", "dns"],
    );
    const [, region, ...others] = costs.map(dollarsIn);
    assert.ok(others.every((dollars) => dollars < region!));
  });
});

test("a region costs more where nodes do, and its logs what they cost where they are kept", async () => {
  const world = exampleOf("global");
  const costs = costsOf(world, await exampleStacks(world), usageOf(world, 10_000, load));
  const of = (name: string) => costs.find(({stack}) => stack === name)!;
  assert.ok(of("brazilsouth").fixed > 1.2 * of("eastus2").fixed);
  assert.ok(of("westeurope").fixed > of("swedencentral").fixed);
  // All are kept in East US 2, so the same logs cost the same.
  close(of("brazilsouth").logs, of("eastus2").logs);
  assert.equal(of("global").logs, 0);
});

test("what an internal entrance answers is no egress to the Internet", () => {
  const [open, inside] = [smallWorld, insideWorld].map((one) => usageOf(one, 1000, load)) as [
    Usage[],
    Usage[],
  ];
  assert.ok(open.every(({egressGb}) => egressGb > 0));
  assert.deepEqual(
    inside,
    open.map((usage) => ({...usage, egressGb: 0})),
  );
});

test("what is free is shared by all regions, whatever each uses", () => {
  const [home, abroad] = smallWorld.regions as [Region, Region];
  const stacks = [home, abroad].map(({name}) => stackNamed(name));
  const gigabytes = fc.double({min: 0, max: 1e5, noNaN: true});
  fc.assert(
    fc.property(gigabytes, gigabytes, (here, there) => {
      const usage = [
        use(home.name, {egressGb: here, logsGb: here}),
        use(abroad.name, {egressGb: there, logsGb: there}),
      ];
      const {egress} = totalOf(costsOf(smallWorld, stacks, usage));
      close(egress, Math.max(0, here + there - 100) * 0.087);
    }),
  );
});

test("logs cost what the region's own workspace does, where it has one", () => {
  const [home, abroad] = smallWorld.regions as [Region, Region];
  const own: Region = {...abroad, existing: {...abroad.existing, logs: "/subscriptions/s"}};
  const world: World = {...smallWorld, regions: [home, own]};
  const usage = [use(home.name, {logsGb: 5}), use(own.name, {logsGb: 5})];
  const costs = costsOf(
    world,
    [home, own].map(({name}) => stackNamed(name)),
    usage,
  );
  assert.deepEqual(
    costs.map(({logs}) => logs),
    [2.5 * 2.76, 2.5 * 2.99],
  );
});

test("people's requests are those of the day's load, and every one is some region's", () => {
  const requests = usageOf(exampleOf("global"), 1000, load).map((one) => one.requests);
  close(
    requests.reduce((a, b) => a + b, 0),
    1000 * load.perUser * 8 * 3600 * 21,
  );
});

test("the report: what is assumed, a table, the tokens that come on top", () => {
  const usage = [use("eastus2", {requests: 907_200})];
  const cost = {stack: "eastus2", fixed: 1234.4, logs: 1, metrics: 2, egress: 3};
  assert.equal(
    report({people: 50, load, usage, costs: [cost]}),
    `50 people: 907,200 requests a month, in 21 days of 8 hours, 0.03 a second each.

$ a month  fixed  logs  metrics  egress  in all
eastus2    1,234     1        2       3   1,240
in all     1,234     1        2       3   1,240

Tokens come on top: 907 million in, and 91 million out at most. docs/cost.md has the prices, and what is assumed.
`,
  );
});
