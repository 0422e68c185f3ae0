import assert from "node:assert/strict";
import {test} from "node:test";
import {fileURLToPath} from "node:url";
import fc from "fast-check";
import {readWorld} from "../../regions/read.ts";
import {gpuSizes} from "../../regions/replicas/sizes.ts";
import {type Load, readLoad} from "./load.ts";
import {needOf, tightest} from "./need.ts";
import {ownGpus, ownLines} from "./own-gpus.ts";
import {replicaRate} from "./replica.ts";

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const load: Load = {...readLoad(pathOf("load.yaml")), model: "coder"};
const world = readWorld(pathOf("../../examples/gpus.yaml"));
const A100 = "Standard_NC24ads_A100_v4";
const close = (a: number, b: number) => Math.abs(a - b) <= 0.01 * Math.max(a, b);

test("tokens of one request are bounded by the memory, and prompts by the operations", () => {
  const alone = {...load.replicas, together: 1};
  const tokens = (size: string) =>
    replicaRate(size, {...load, promptTokens: 0, replicas: {...alone, answerTokens: 1}})! / 0.6;
  const sizes = ["Standard_NV36ads_A10_v5", A100, "Standard_NC40ads_H100_v5"];
  assert.deepEqual(
    sizes.map((size) => Math.round(tokens(size))),
    [39, 127, 259],
  );
  const prompts = replicaRate(A100, {
    ...load,
    promptTokens: 1000,
    replicas: {...alone, cached: 0, answerTokens: 1e-9},
  })!;
  assert.ok(close((prompts / 0.6) * 1000, (312e12 * 0.5) / (2 * 7.6e9)), `${prompts}`);
});

test("more of a cache, of a GPU or of requests together carry more, and longer prompts and answers less", () => {
  const loads = fc.record({
    promptTokens: fc.integer({min: 1, max: 8000}),
    billions: fc.integer({min: 1, max: 70}),
    cached: fc.integer({min: 0, max: 99}),
    answerTokens: fc.integer({min: 1, max: 500}),
    together: fc.integer({min: 1, max: 64}),
  });
  fc.assert(
    fc.property(loads, fc.constantFrom(...Object.keys(gpuSizes)), (given, size) => {
      const rate = (change: Partial<typeof given> = {}) => {
        const {promptTokens, ...replicas} = {...given, ...change};
        return replicaRate(size, {...load, promptTokens, replicas})!;
      };
      assert.ok(rate() > 0);
      assert.ok(rate({cached: given.cached + 1}) > rate());
      assert.ok(rate({together: given.together + 1}) > rate());
      assert.ok(rate({promptTokens: given.promptTokens + 1}) < rate());
      assert.ok(rate({answerTokens: given.answerTokens + 1}) < rate());
      assert.ok(rate({billions: given.billions + 1}) < rate());
    }),
    {seed: 20},
  );
});

test("what runs short of a model on GPUs is replicas, by their most; Azure's own is as before", () => {
  const [eastus2] = world.regions.filter(({name}) => name === "eastus2");
  const perSecond = replicaRate(A100, load)! * 2;
  assert.deepEqual(tightest(needOf(eastus2!, perSecond, load), "quota"), {
    limit: "replicas",
    used: 0.5,
  });
  const codex = needOf(eastus2!, perSecond, {...load, model: "copilot-codex"});
  assert.equal(tightest(codex, "quota")?.limit, "tokens");
});

test("from the people that are named on, and not before, the least of replicas costs less than tokens", () => {
  const cheap: Load = {...load, replicas: {...load.replicas, billions: 1.5, cached: 80}};
  for (const {people, dollars, instead, from, region} of ownGpus(world, cheap)) {
    const {min} = world.regions.find(({name}) => name === region)!.replicas[0]!.count;
    assert.ok(from !== undefined && dollars !== undefined, region);
    assert.ok(from <= min * people, `${region} ${from}`);
    assert.ok(
      from * instead.dollars >= min * dollars && (from - 1) * instead.dollars < min * dollars,
    );
  }
  assert.deepEqual(
    ownGpus(world, load).map(({region, from, instead}) => [region, from, instead.sku]),
    [
      ["australiaeast", undefined, "GlobalStandard"],
      ["eastus2", undefined, "GlobalStandard"],
      ["westeurope", undefined, "DataZoneStandard"],
    ],
  );
});

test("spot machines have no price here, sizes that are not known carry nobody knows how much, and both are said", () => {
  const asked = (replicas: object) => ({
    ...world,
    regions: world.regions.slice(0, 1).map((region) => ({
      ...region,
      replicas: region.replicas.map((own) => ({...own, ...replicas})),
    })),
  });
  assert.match(
    ownLines(ownGpus(asked({spot: true}), load)).join(),
    /^australiaeast: a replica on \S+ carries [\d.]+ requests a second, \d+ people; its price is not known here\.$/,
  );
  assert.deepEqual(ownGpus(asked({size: "Standard_ND1_v9"}), load), []);
});
