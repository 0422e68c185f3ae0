import assert from "node:assert/strict";
import {globSync} from "node:fs";
import {basename} from "node:path";
import {before, describe, test} from "node:test";
import {fileURLToPath} from "node:url";
import fc from "fast-check";
import {stackNames} from "../../infra/azure/names.ts";
import {insideWorld, smallWorld} from "../../infra/fixture.ts";
import {readWorld} from "../../regions/read.ts";
import type {Region, World} from "../../regions/world.ts";
import {exampleStacks} from "../preview/example-stacks.ts";
import {readLoad} from "../scale/load.ts";
import {billOf} from "./bill.ts";
import {type Cost, costsOf, dollarsIn, totalOf} from "./cost.ts";
import {guessesOf} from "./guesses.ts";
import {report} from "./report.ts";
import {tokensOf} from "./tokens.ts";
import {unpricedIn} from "./unpriced.ts";
import {type Usage, usageOf, usualUse} from "./usage.ts";

const load = readLoad(fileURLToPath(new URL("../scale/load.yaml", import.meta.url)));
const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const names = globSync("*.yaml", {cwd: examples}).map((file) => basename(file, ".yaml"));
const exampleOf = (name: string) => readWorld(`${examples}${name}.yaml`);

/** By example. To bring its stacks up takes a second. */
const costs: Record<string, readonly Cost[]> = {};
before(async () => {
  for (const name of names) {
    const world = exampleOf(name);
    const use = usualUse(world, name === "small" ? 50 : 10_000, load);
    costs[name] = billOf(world, await exampleStacks(world), use, load).costs;
  }
});

for (const name of names)
  test(`all that examples/${name}.yaml asks for would be made, and has its costs`, () => {
    assert.deepEqual(
      costs[name]!.map(({stack}) => stack),
      stackNames(exampleOf(name)),
    );
  });

const use = (region: string, more: Partial<Usage>): Usage => ({
  ...{region, requests: 0, egressGb: 0, logsGb: 0, samples: 0},
  ...more,
});
const stackNamed = (name: string) => ({name, resources: [], outputs: {}, secretOutputs: []});
const close = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-6 * Math.max(1, wanted), `${found}, not ${wanted}`);

describe("a region for a team of 50", () => {
  test("costs less than $300 a month, with logs, metrics and egress, and the tokens on top", () => {
    const all = totalOf(costs.small!);
    const before = dollarsIn(all) - all.tokens;
    assert.ok(before > 200 && before < 300, `$${before}`);
    // 864 requests on 21 days, of 1,000 tokens at $0.20 a million and 100 at $1.20.
    close(all.tokens, 50 * 864 * 21 * (1000 * 0.2e-6 + 100 * 1.2e-6));
  });

  test("costs most where the nodes are", () => {
    const [, region, ...others] = costs.small!.map(dollarsIn);
    assert.ok(others.every((dollars) => dollars < region!));
  });
});

test("a region costs more where nodes do, and its logs what they cost where they are kept", () => {
  const of = (name: string) => costs.global!.find(({stack}) => stack === name)!;
  assert.ok(of("brazilsouth").fixed > 1.2 * of("eastus2").fixed);
  assert.ok(of("westeurope").fixed > of("swedencentral").fixed);
  // All are kept in East US 2, so the same logs cost the same.
  close(of("brazilsouth").logs, of("eastus2").logs);
  assert.equal(of("global").logs, 0);
});

test("what an internal entrance answers is no egress to the Internet", () => {
  const [open, inside] = [smallWorld, insideWorld].map((one) =>
    usageOf(one, usualUse(one, 1000, load), load),
  ) as [Usage[], Usage[]];
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
      const {egress} = totalOf(costsOf(smallWorld, stacks, {usage, tokens: []}));
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
    {usage, tokens: []},
  );
  assert.deepEqual(
    costs.map(({logs}) => logs),
    [2.5 * 2.76, 2.5 * 2.99],
  );
});

test("people's requests are those of the day's load, and every one is some region's", () => {
  const world = exampleOf("global");
  const use = usualUse(world, 1000, load);
  const requests = usageOf(world, use, load).map((one) => one.requests);
  close(
    requests.reduce((a, b) => a + b, 0),
    1000 * load.perUser * 8 * 3600 * 21,
  );
});

describe("tokens", () => {
  const world = exampleOf("global");
  const use = {...usualUse(world, 1, load), prompt: 1000, answer: 0};
  const usage = world.regions.map(({name: region}) => ({
    ...{region, requests: 1e6, egressGb: 0, logsGb: 0, samples: 0},
  }));
  const dollarsBy = (more: Partial<typeof use>, of: World = world) =>
    new Map(tokensOf(of, usage, {...use, ...more}).map((one) => [one.region, one.dollars]));

  test("cost what each region's deployment is sold as", () => {
    close(dollarsBy({}).get("eastus2")!, 200);
    close(dollarsBy({}).get("westeurope")!, 220);
  });

  test("of a model that a region does not have are its successor's", () => {
    close(dollarsBy({model: "copilot-nano"}).get("westeurope")!, 120);
  });

  test("are cheaper by what is cached, and dearer by what is answered", () => {
    const percents = fc.integer({min: 0, max: 100});
    fc.assert(
      fc.property(percents, fc.nat(1000), (cached, answer) => {
        const wanted = 1000 * (0.2 - (0.18 * cached) / 100) + answer * 1.2;
        close(dollarsBy({cached, answer}).get("eastus2")!, wanted);
      }),
    );
  });

  test("without a price are left out, and said to be", () => {
    const deployment = {...home.deployments[0]!, sku: "ProvisionedManaged" as const};
    const of = {...world, regions: [{...home, deployments: [deployment]}]};
    const tokens = tokensOf(of, usage, use);
    assert.equal(tokens[0]!.dollars, 0);
    assert.deepEqual(guessesOf(of, tokens), [
      `LEFT OUT: tokens of ${home.name}'s ${deployment.name}: provisioned, or a model without a price here.`,
    ]);
  });

  const home = world.regions.find(({name}) => name === world.service.home)!;
});

test("places that no list of prices has are said to be estimated", () => {
  const {regions, service} = smallWorld;
  const renamed = ["polandcentral", "eastus2"].map((name) => ({...regions[0]!, name}));
  const world = {...smallWorld, service: {...service, home: "italynorth"}, regions: renamed};
  assert.deepEqual(guessesOf(world, []), [
    "ESTIMATED: Nodes and their disks in polandcentral are priced as in westeurope: no list has them.",
    "ESTIMATED: Logs in italynorth are priced as in westeurope: no list has them.",
  ]);
});

test("what has no price is told, with the stacks that have it, and is not passed over", async () => {
  const cluster = {...smallWorld.regions[0]!.cluster, defender: true};
  const regions = smallWorld.regions.map((region) => ({...region, cluster}));
  const stacks = await exampleStacks({...smallWorld, regions});
  const unpriced = unpricedIn(stacks);
  assert.deepEqual(unpriced, [
    "Defender for Containers, by the vCPU of every node: eastus2, westeurope",
  ]);
  assert.match(
    report({use: usualUse(smallWorld, 50, load), costs: [], guesses: [], unpriced}),
    /^NOT PRICED, and billed on top:\n {2}- Defender/m,
  );
  assert.deepEqual(unpricedIn(await exampleStacks(smallWorld)), []);
});

test("the report: what is assumed, a table, what each costs, and what is not sure", () => {
  const use = usualUse(exampleOf("small"), 50, load);
  const cost = {stack: "eastus2", fixed: 1234.4, logs: 1, metrics: 2, egress: 3, tokens: 290};
  assert.equal(
    report({use, costs: [cost], guesses: ["ESTIMATED: all of it."], unpriced: []}),
    `50 people: 907,200 requests a month, 864 each on 21 days.
Each is of copilot-codex: 1,000 tokens in, of which 0 % are cached, and 100 out; 907 and 91 million in all.

$ a month  fixed  logs  metrics  egress  tokens  in all
eastus2    1,234     1        2       3     290   1,530
in all     1,234     1        2       3     290   1,530

$30.61 a person; $16.87 for a thousand completions that are taken, at 10 % of requests.
ESTIMATED: all of it.
`,
  );
});
