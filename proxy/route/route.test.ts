import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {randomFrom} from "../observe/random.rig.ts";
import {BALANCES, type Balance, type Policy, policySchema} from "../policy.ts";
import {createDeploymentHealth} from "./deployment-health.ts";
import {createLoads} from "./loads.ts";
import {type Routing, routeOf, spareOf} from "./route.ts";
import {createUpstreamQuotas} from "./upstream-quota.ts";

function policy(
  weights: readonly number[],
  fallback = 0,
  {balance, priorities = []}: {balance?: Balance; priorities?: readonly number[]} = {},
): Policy {
  const deployment = (name: string, weight: number, priority?: number) => ({
    ...{upstream: "host", name, weight},
    ...(priority !== undefined && {priority}),
  });
  return policySchema.parse({
    objective: {success: 0.99, firstByteMs: 400, windowMs: 1000},
    upstreams: {
      host: {
        url: "https://host",
        api: "azure",
        apiVersion: "1",
        protocol: "h2",
        credential: {kind: "none"},
      },
    },
    models: {
      codex: {
        deployments: weights.map((weight, index) =>
          deployment(`own-${index}`, weight, priorities[index]),
        ),
        ...(balance && {balance}),
        fallback: Array.from({length: fallback}, (_, index) => deployment(`far-${index}`, 1)),
      },
    },
  });
}

const routing = (given: Partial<Routing> = {}): Routing => ({
  health: createDeploymentHealth(() => 0),
  loads: createLoads(() => 0),
  quotas: createUpstreamQuotas(() => 0),
  user: "anna",
  ...given,
});

const names = (policy: Policy, random: () => number, health = createDeploymentHealth()) =>
  routeOf(policy, "codex", routing({health, random})).deployments.map(({name}) => name);

test("each point of the unit interval draws the deployment whose share covers it", () => {
  const shares = policy([80, 20]);
  const drawn = [0, 0.5, 0.799, 0.8, 0.999].map((point) => names(shares, () => point)[0]);
  assert.deepEqual(drawn, ["own-0", "own-0", "own-0", "own-1", "own-1"]);
});

test("every deployment is tried once, the region's own before those of other regions", () => {
  const weights = fc.array(fc.integer({min: 1, max: 100}), {minLength: 1, maxLength: 6});
  const points = fc.infiniteStream(fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}));
  fc.assert(
    fc.property(weights, fc.nat(3), points, (weights, far, points) => {
      const drawn = names(policy(weights, far), () => points.next().value);
      const own = drawn.slice(0, weights.length);
      assert.deepEqual(own.toSorted(), weights.map((_, index) => `own-${index}`).toSorted());
      assert.deepEqual(drawn.slice(weights.length), ["far-0", "far-1", "far-2"].slice(0, far));
    }),
  );
});

test("deployments that are gone are routed round as if they had never been there", () => {
  const weights = fc.array(fc.integer({min: 1, max: 100}), {minLength: 1, maxLength: 5});
  const absences = fc.array(fc.constantFrom("retired", "missing", undefined), {
    ...{minLength: 8, maxLength: 8},
  });
  const point = fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true});
  const failures = fc.array(fc.nat(7), {maxLength: 20});
  fc.assert(
    fc.property(weights, absences, failures, point, (weights, absences, failures, point) => {
      const whole = policy(weights, 3);
      const {deployments, fallback} = whole.models.codex!;
      const health = createDeploymentHealth(() => 0);
      const all = [...deployments, ...fallback];
      for (const at of failures) if (all[at]) health.failed(all[at], undefined);
      const ask = (one: Policy) => routeOf(one, "codex", routing({health, random: () => point}));
      const isThere = (one: (typeof all)[number]) => absences[all.indexOf(one)] === undefined;
      const models = {
        codex: {
          ...whole.models.codex!,
          deployments: deployments.filter(isThere),
          fallback: fallback.filter(isThere),
        },
      };
      const without = ask({...whole, models});
      for (const [at, one] of all.entries())
        if (absences[at]) health.absences.note(one, absences[at]);
      assert.deepEqual(ask(whole), without);
    }),
  );
});

test("what is sent ahead goes to one of the region's own that is well and has room to spare, or nowhere", () => {
  const state = fc.record({
    failures: fc.constantFrom(0, 0, 2, 20),
    coolS: fc.constantFrom(0, 0, 5),
    left: fc.constantFrom(undefined, 0, 200, 201, 1000),
  });
  const point = fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true});
  fc.assert(
    fc.property(fc.array(state, {maxLength: 5}), fc.nat(3), point, (states, far, point) => {
      const health = createDeploymentHealth(() => 0);
      const quotas = createUpstreamQuotas(() => 0);
      const given = policy(
        states.map(() => 1),
        far || (states.length === 0 ? 1 : 0),
      );
      const own = given.models.codex!.deployments;
      for (const [at, {failures, coolS, left}] of states.entries()) {
        const deployment = own[at]!;
        for (let count = 0; count < failures; count++) health.failed(deployment, undefined);
        if (coolS > 0) health.cool(deployment, coolS);
        if (left !== undefined)
          quotas.read(deployment, {
            "x-ratelimit-limit-requests": "1000",
            "x-ratelimit-remaining-requests": `${left}`,
          });
      }
      const mayGo = own.filter((_, at) => {
        const {failures, coolS, left = 1000} = states[at]!;
        return failures < 5 && coolS === 0 && left > 200;
      });
      const drawn = spareOf(given, "codex", routing({health, quotas, random: () => point}));
      assert.equal(drawn.length, Math.min(1, mayGo.length));
      for (const one of drawn) assert.ok(mayGo.includes(one), one.name);
    }),
    {seed: 16},
  );
});

test("a model that nobody serves has no route", () => {
  assert.deepEqual(routeOf(policy([1]), "gpt-9", routing()), {
    deployments: [],
    lost: false,
    waitS: Number.POSITIVE_INFINITY,
  });
});

test("what failed of late comes last, and what has no room is not asked", () => {
  const shares = policy([50, 30, 20], 2);
  const [first, second] = shares.models.codex!.deployments;
  const [near] = shares.models.codex!.fallback;
  const health = createDeploymentHealth(() => 0);
  for (let count = 0; count < 5; count++) health.failed(first!, undefined);
  assert.deepEqual(
    names(shares, () => 0, health),
    ["own-1", "own-2", "far-0", "far-1", "own-0"],
  );
  health.cool(second!, 7);
  health.cool(near!, 3);
  assert.deepEqual(
    names(shares, () => 0, health),
    ["own-2", "far-1", "own-0"],
  );
  assert.equal(routeOf(shares, "codex", routing({health})).waitS, 3);
});

test("a model is lost where all of the region's own failed, one not for want of room, and others serve", () => {
  const shares = policy([50, 50], 1);
  const {deployments, fallback} = shares.models.codex!;
  const [first, second] = deployments;
  const [far] = fallback;
  const health = createDeploymentHealth(() => 0);
  const isLost = () => routeOf(shares, "codex", routing({health})).lost;
  const fail = (deployment = first!) => {
    for (let count = 0; count < 5; count++) health.failed(deployment, undefined);
    return isLost();
  };
  health.cool(second!, 7);
  assert.equal(isLost(), false);
  assert.equal(fail(first), true);
  assert.equal(fail(far), false);
  const full = createDeploymentHealth(() => 0);
  for (const deployment of deployments) full.cool(deployment, 7);
  assert.equal(routeOf(shares, "codex", routing({health: full})).lost, false);
});

test("while one deployment comes back it takes less than its weight", () => {
  const shares = policy([50, 50]);
  const clock = {ms: 0};
  const health = createDeploymentHealth(() => clock.ms);
  for (let count = 0; count < 5; count++)
    health.failed(shares.models.codex!.deployments[0]!, undefined);
  const point = 0.2;
  const drawn = [4999, 5000, 8000, 15_000].map((ms) => {
    clock.ms = ms;
    return names(shares, () => point, health)[0];
  });
  assert.deepEqual(drawn, ["own-1", "own-1", "own-0", "own-0"]);
});

test("while the only one comes back other regions take the rest, where there are any", () => {
  const clock = {ms: 0};
  const health = createDeploymentHealth(() => clock.ms);
  const first = (regions: number) => names(policy([1], regions), () => 0.2, health)[0];
  for (let count = 0; count < 5; count++)
    health.failed(policy([1]).models.codex!.deployments[0]!, undefined);
  const drawn = [5000, 6000, 7000, 15_000].map((ms) => {
    clock.ms = ms;
    return [first(1), first(0)];
  });
  assert.deepEqual(drawn, [
    ["far-0", "own-0"],
    ["far-0", "own-0"],
    ["own-0", "own-0"],
    ["own-0", "own-0"],
  ]);
});

test("who failed one user alone comes last for that user, and is not lost", () => {
  const shares = policy([1, 1], 1);
  const health = createDeploymentHealth(() => 0);
  const [first] = shares.models.codex!.deployments;
  for (let count = 0; count < 5; count++) health.failed(first!, "anna");
  const orderOf = (user: string) => {
    const {deployments, lost} = routeOf(shares, "codex", routing({health, user, random: () => 0}));
    return [...deployments.map(({name}) => name), lost];
  };
  assert.deepEqual(orderOf("anna"), ["own-1", "far-0", "own-0", false]);
  assert.deepEqual(orderOf("ben"), ["own-0", "own-1", "far-0", false]);
});

/** What may be known of a deployment, and its priority. */
const known = fc.record({
  failures: fc.constantFrom(0, 0, 5),
  coolS: fc.constantFrom(0, 0, 5),
  absence: fc.constantFrom(undefined, undefined, "retired" as const, "missing" as const),
  priority: fc.integer({min: 1, max: 3}),
  underWay: fc.nat(9),
});
const point = fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true});

test("by either balance those that are well are asked in strict order, then those that are out, and no others", () => {
  const states = fc.array(known, {minLength: 1, maxLength: 6});
  const points = fc.infiniteStream(point);
  fc.assert(
    fc.property(states, fc.constantFrom(...BALANCES), points, (states, balance, points) => {
      const priorities = states.map(({priority}) => priority);
      const given = policy(
        states.map(() => 1),
        1,
        {balance, priorities},
      );
      const [health, loads] = [createDeploymentHealth(() => 0), createLoads(() => 0)];
      const {deployments: own, fallback} = given.models.codex!;
      for (const [at, {failures, coolS, absence, underWay}] of states.entries()) {
        for (let count = 0; count < failures; count++) health.failed(own[at]!, undefined);
        for (let count = 0; count < underWay; count++) loads.began(own[at]!);
        if (coolS > 0) health.cool(own[at]!, coolS);
        if (absence) health.absences.note(own[at]!, absence);
      }
      const random = () => points.next().value;
      const {deployments} = routeOf(given, "codex", routing({health, loads, random}));
      const may = (isOut: boolean) =>
        own.filter((_, at) => {
          const {failures, coolS, absence} = states[at]!;
          return !absence && coolS === 0 && failures > 0 === isOut;
        });
      const well = may(false);
      const asked = deployments.slice(0, well.length);
      assert.deepEqual(new Set(asked), new Set(well));
      assert.deepEqual(
        asked.map(({priority}) => priority),
        well.map(({priority = 1}) => priority).toSorted((a, b) => a - b),
      );
      assert.deepEqual(deployments.slice(well.length), [...fallback, ...may(true)]);
    }),
    {seed: 20},
  );
});

test("while the first of a strict order comes back it takes a part, and the next the rest", () => {
  const given = policy([1, 1], 0, {priorities: [1, 2]});
  const clock = {ms: 0};
  const health = createDeploymentHealth(() => clock.ms);
  for (let count = 0; count < 5; count++)
    health.failed(given.models.codex!.deployments[0]!, undefined);
  const drawn = [0, 5000, 8000, 15_000].map((ms) => {
    clock.ms = ms;
    return names(given, () => 0.3, health)[0];
  });
  assert.deepEqual(drawn, ["own-1", "own-1", "own-0", "own-0"]);
});

test("weights are kept to", () => {
  const weights = [60, 30, 10];
  const given = policy(weights);
  const random = randomFrom(7);
  const counts = [0, 0, 0];
  for (let count = 0; count < 5000; count++) counts[Number(names(given, random)[0]!.at(-1))]!++;
  for (const [at, weight] of weights.entries())
    assert.ok(Math.abs(counts[at]! / 50 - weight) < 2, `${counts}`);
});

test("what is sent ahead does not go where others wait, or have nearly all of the memory", () => {
  const given = policy([1], 0, {balance: "load"});
  const loads = createLoads(() => 0);
  const [only] = given.models.codex!.deployments;
  assert.deepEqual(spareOf(given, "codex", routing({loads})), [only]);
  for (const [waiting, usage, count] of [
    [1, 0.1, 0],
    [0, 0.8, 0],
    [0, 0.7, 1],
  ] as const) {
    loads.said(only!, {running: 8, waiting, usage});
    assert.equal(spareOf(given, "codex", routing({loads})).length, count);
  }
});
