import assert from "node:assert/strict";
import {test} from "node:test";
import {runStacks} from "../cloud/stacks/stacks.ts";
import {chinaWorld} from "../regions/clouds/worlds.ts";
import {readWorld} from "../regions/read.ts";
import {withEveryHost} from "./every-host.ts";

const written = readWorld();
const {world, retired, says} = withEveryHost(written);
const added = Object.keys(world.models).filter((name) => !(name in written.models));

test("two models are added behind the file's own, and named", () => {
  assert.deepEqual(Object.keys(world.models), [...Object.keys(written.models), ...added]);
  assert.equal(added.length, 2);
  for (const name of added) assert.ok(says.includes(name));
  assert.deepEqual(
    retired.filter((name) => !added.includes(name)),
    [],
  );
});

test("nothing is added to a file that has a model of such a name", () => {
  const again = withEveryHost(world);
  assert.deepEqual([again.world, again.retired], [world, []]);
  assert.match(again.says, /^nothing, as it has \S+ and \S+ already$/);
});

test("where nothing is sold, nothing has been retired", () => {
  const {world, retired, says} = withEveryHost(chinaWorld);
  assert.deepEqual([Object.keys(world.models), retired], [["coder", "own-coder"], []]);
  assert.doesNotMatch(says, /retired/);
});

test("every region serves each of them, at a host of its own, and where residency lets it", () => {
  for (const [at, {deployments, hosts, residency}] of world.regions.entries()) {
    const served = [...deployments, ...hosts].map(({model}) => model);
    assert.deepEqual(
      added.filter((name) => !served.includes(name)),
      [],
    );
    assert.equal(new Set(deployments.map(({name}) => name)).size, deployments.length);
    if (residency) assert.ok(deployments.every(({sku}) => sku.startsWith("DataZone")));
    assert.deepEqual(deployments.slice(0, -1), written.regions[at]!.deployments);
  }
  const urls = world.regions.flatMap(({hosts}) => hosts.map(({url}) => url));
  assert.equal(new Set(urls).size, urls.length);
});

test("the stand-in takes the stacks of it", async () => {
  await runStacks(world);
});
