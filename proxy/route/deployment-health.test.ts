import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {createDeploymentHealth, type DeploymentHealth} from "./deployment-health.ts";

const one = {upstream: "host", name: "one", weight: 1};
const other = {upstream: "host", name: "other", weight: 1};

function setUp() {
  const clock = {ms: 0};
  const health = createDeploymentHealth(() => clock.ms);
  const fail = (count: number) => {
    for (let index = 0; index < count; index++) health.failed(one, undefined);
  };
  return {clock, health, fail};
}

test("five failures in a row put a deployment out, and it alone", () => {
  const {health, fail} = setUp();
  fail(4);
  health.succeeded(one);
  fail(4);
  assert.equal(health.share(one), 1);
  fail(1);
  assert.deepEqual([health.share(one), health.share(other)], [0, 1]);
});

test("one that is new begins slowly, whatever its name was known for", () => {
  const {clock, health, fail} = setUp();
  fail(5);
  health.cool(one, 60);
  health.absences.note(one, "missing");
  health.arrived(one);
  const shares = [0, 5000, 10_000].map((ms) => {
    clock.ms = ms;
    return health.share(one);
  });
  assert.deepEqual(shares, [0.1, 0.55, 1]);
  assert.deepEqual([health.waitS(one), health.absences.of(one)], [0, undefined]);
});

test("so does half of twenty in ten seconds, and not what is older", () => {
  const {clock, health} = setUp();
  const mixed = (count: number) => {
    for (let index = 0; index < count; index++) {
      health.succeeded(one);
      health.failed(one, undefined);
    }
  };
  mixed(9);
  clock.ms += 10_000;
  mixed(9);
  assert.equal(health.share(one), 1);
  mixed(1);
  assert.equal(health.share(one), 0);
});

test("it comes back slowly, and stays out twice as long when it fails again", () => {
  const {clock, health, fail} = setUp();
  const shareAt = (ms: number) => {
    clock.ms = ms;
    return Number(health.share(one).toFixed(2));
  };
  fail(5);
  assert.deepEqual([4999, 5000, 10_000, 15_000].map(shareAt), [0, 0.1, 0.55, 1]);
  fail(5);
  assert.deepEqual([24_999, 25_000].map(shareAt), [0, 0.1]);
  for (let round = 0; round < 6; round++) {
    fail(5);
    clock.ms += 60_000;
  }
  fail(5);
  assert.deepEqual([clock.ms + 59_999, clock.ms + 60_000].map(shareAt), [0, 0.1]);
});

test("a good minute makes the next time short again", () => {
  const {clock, health, fail} = setUp();
  fail(5);
  clock.ms = 5000;
  fail(5);
  clock.ms = 15_000 + 60_001;
  health.succeeded(one);
  fail(5);
  clock.ms += 5000;
  assert.ok(health.share(one) > 0);
});

test("a 429 cools for as long as it says, a minute at most", () => {
  const {clock, health} = setUp();
  health.cool(one, 7);
  assert.deepEqual([health.waitS(one), health.share(one), health.waitS(other)], [7, 1, 0]);
  clock.ms = 6500;
  assert.equal(health.waitS(one), 1);
  clock.ms = 7000;
  assert.equal(health.waitS(one), 0);
  health.cool(one, 3600);
  assert.equal(health.waitS(one), 60);
});

test("on its return it may be held, and be let go", () => {
  const {clock, health, fail} = setUp();
  health.hold(one, 2000);
  assert.equal(health.share(one), 1, "what is well is not");
  fail(5);
  clock.ms = 4000;
  health.hold(one, 2000);
  assert.deepEqual(
    [5999, 6000].map((ms) => {
      clock.ms = ms;
      return health.share(one);
    }),
    [0, 0.1],
  );
  clock.ms = 8000;
  health.hold(one, 60_000);
  assert.equal(health.share(one), 0);
  health.back(one);
  assert.equal(health.share(one), 0.1);
});

describe("one user alone puts nothing out", () => {
  const failBy = (health: DeploymentHealth, users: readonly string[], count: number) => {
    for (let index = 0; index < count; index++)
      health.failed(one, users[index % users.length] as string);
  };

  test("not by failures in a row, however many", () => {
    const {health} = setUp();
    failBy(health, ["anna"], 10_000);
    assert.equal(health.share(one), 1);
    assert.deepEqual([health.share(one, "anna"), health.share(one, "ben")], [0, 1]);
    failBy(health, ["ben"], 4);
    assert.equal(health.share(one), 1);
    failBy(health, ["ben"], 1);
    assert.equal(health.share(one), 0);
  });

  test("not by a share of all", () => {
    const {health} = setUp();
    for (let count = 0; count < 1000; count++) {
      health.succeeded(one);
      failBy(health, ["anna"], 3);
    }
    assert.equal(health.share(one), 1);
  });

  test("but for themselves, and not for long", () => {
    const {clock, health} = setUp();
    const isOut = () => health.share(one, "anna") === 0;
    failBy(health, ["anna"], 4);
    assert.equal(isOut(), false);
    failBy(health, ["anna"], 1);
    assert.equal(isOut(), true);
    clock.ms += 5000;
    assert.equal(isOut(), false);
    failBy(health, ["anna"], 1);
    assert.equal(isOut(), true);
    health.succeeded(one);
    assert.equal(isOut(), false);
  });

  test("two do, by both", () => {
    const {health} = setUp();
    failBy(health, ["anna", "ben"], 10);
    assert.equal(health.share(one), 0);
    const other = createDeploymentHealth(() => 0);
    for (let count = 0; count < 40; count++) {
      other.succeeded(one);
      failBy(other, ["anna", "ben", "cleo"], 3);
    }
    assert.equal(other.share(one), 0);
  });
});
