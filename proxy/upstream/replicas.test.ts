import assert from "node:assert/strict";
import type {LookupFunction} from "node:net";
import {test} from "node:test";
import fc from "fast-check";
import {type Policy, policySchema} from "../policy.ts";
import {createReplicas} from "./replicas.ts";
import type {ServedPolicy} from "./served-policy.ts";

function policy(mutations: readonly string[] = []): Policy {
  const upstream = {api: "openai", credential: {kind: "none"}} as const;
  return policySchema.parse({
    objective: {success: 0.99, firstByteMs: 400, windowMs: 1000},
    mutations: mutations.map((name) => ({name})),
    upstreams: {
      gpu: {...upstream, url: "http://gpu.test:8000", protocol: "http/1.1", replicas: true},
      other: {...upstream, url: "http://other.test"},
    },
    models: {
      coder: {
        deployments: [
          {upstream: "gpu", name: "coder", weight: 60},
          {upstream: "other", name: "coder", weight: 40, priority: 2},
        ],
      },
    },
  });
}

type Found = readonly string[] | "fails";

/** What a name leads to is said by `found`, at once; time goes by with `pass`. */
function given(found: () => Found) {
  const [accepted, arrived, said]: [ServedPolicy[], string[], string[]] = [[], [], []];
  const looked: string[] = [];
  const clock = {ms: 0, run: () => {}, refuses: false};
  const lookup: LookupFunction = (hostname, _, done) => {
    looked.push(hostname);
    const now = found();
    if (now === "fails") done(new Error("ENOTFOUND"), []);
    else
      done(
        null,
        now.map((address) => ({address, family: 4})),
      );
  };
  const replicas = createReplicas({
    accept: (policy) => {
      if (clock.refuses) throw new Error("no key");
      accepted.push(policy);
    },
    arrived: ({upstream}) => arrived.push(upstream),
    log: (event) => said.push(event),
    clock: {
      now: () => clock.ms,
      every: (_, run) => {
        clock.run = run;
        return () => {};
      },
    },
    lookup,
  });
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1000) {
      clock.ms += 1000;
      clock.run();
    }
  };
  const own = () =>
    replicas.policy.models
      .coder!.deployments.filter(({upstream}) => upstream !== "other")
      .map(({upstream}) => upstream);
  return {replicas, accepted, arrived, said, looked, clock, pass, own};
}

const named = (addresses: readonly string[]) => addresses.map((one) => `gpu@${one}`);

test("each address behind a name is an upstream and a deployment, with its part of the weight", () => {
  const {replicas, accepted} = given(() => ["10.0.0.2", "10.0.0.1"]);
  const written = policy();
  replicas.apply(written);
  const {upstreams, models} = replicas.policy;
  assert.deepEqual(Object.keys(upstreams), ["gpu@10.0.0.1", "gpu@10.0.0.2", "other"]);
  assert.deepEqual(upstreams["gpu@10.0.0.1"], {...written.upstreams.gpu, address: "10.0.0.1"});
  assert.deepEqual(models.coder!.deployments, [
    {upstream: "gpu@10.0.0.1", name: "coder", weight: 30},
    {upstream: "gpu@10.0.0.2", name: "coder", weight: 30},
    {upstream: "other", name: "coder", weight: 40, priority: 2},
  ]);
  assert.equal(accepted.at(-1), replicas.policy);
  assert.deepEqual(replicas.counts, [{upstream: "gpu", count: 2}]);
});

test("whatever lookups find, the last addresses that there were are served, and who joins them is new", () => {
  const address = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
  const found = fc.oneof(
    fc.uniqueArray(address, {minLength: 1}),
    fc.constantFrom<Found>("fails", []),
  );
  const step = fc.record({found, reloads: fc.boolean()});
  fc.assert(
    fc.property(fc.array(step, {minLength: 1, maxLength: 12}), (steps) => {
      let now: Found = "fails";
      const {replicas, accepted, arrived, pass, own} = given(() => now);
      replicas.apply(policy());
      let there: readonly string[] = [];
      const joined: string[] = [];
      for (const {found, reloads} of steps) {
        now = found;
        pass(5000);
        if (reloads) replicas.apply(policy(["new"]));
        const next = found === "fails" || found.length === 0 ? there : found.toSorted();
        if (there.length > 0) joined.push(...next.filter((one) => !there.includes(one)));
        there = next;
        assert.deepEqual(own(), named(there));
        assert.deepEqual(accepted.at(-1), replicas.policy);
      }
      assert.deepEqual(arrived, named(joined));
    }),
    {seed: 20},
  );
});

test("a name is looked up every five seconds, each second while it leads nowhere, and that is said once", () => {
  let now: Found = [];
  const {replicas, looked, pass, said} = given(() => now);
  replicas.apply(policy());
  pass(3000);
  assert.equal(looked.length, 4);
  assert.deepEqual(said, ["replicas not found"]);
  now = ["10.0.0.1"];
  pass(1000);
  looked.length = 0;
  pass(10_000);
  assert.deepEqual(looked, ["gpu.test", "gpu.test"]);
});

test("one that cannot be reached has its name looked up at once, ten times a second at most", () => {
  let now: Found = ["10.0.0.1", "10.0.0.2"];
  const {replicas, looked, clock, own} = given(() => now);
  replicas.apply(policy());
  now = ["10.0.0.2"];
  for (const ms of [50, 100, 100]) {
    clock.ms += ms;
    replicas.unreached("gpu@10.0.0.1");
    replicas.unreached("other");
  }
  assert.equal(looked.length, 3);
  assert.deepEqual(own(), named(["10.0.0.2"]));
});

test("what is not taken changes nothing", () => {
  let now: Found = ["10.0.0.1"];
  const {replicas, clock, pass, own, said} = given(() => now);
  replicas.apply(policy());
  clock.refuses = true;
  assert.throws(() => replicas.apply(policy(["new"])), /no key/);
  assert.deepEqual(replicas.policy.mutations, []);
  now = ["10.0.0.1", "10.0.0.2"];
  pass(5000);
  assert.deepEqual([own(), said], [named(["10.0.0.1"]), ["replicas not taken"]]);
  clock.refuses = false;
  pass(5000);
  assert.deepEqual(own(), named(["10.0.0.1", "10.0.0.2"]));
});

test("a policy without replicas is served as it is written", () => {
  const {replicas, looked} = given(() => []);
  const {gpu, ...upstreams} = policy().upstreams;
  const deployments = [{upstream: "other", name: "coder", weight: 1}];
  const written = {
    ...policy(),
    upstreams,
    models: {coder: {...policy().models.coder!, deployments}},
  };
  replicas.apply(written);
  assert.equal(replicas.policy, written);
  assert.deepEqual(looked, []);
});
