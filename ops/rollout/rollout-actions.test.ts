import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld, withImages} from "../../infra/fixture.ts";
import type {World} from "../../regions/world.ts";
import type {Engine, Outputs} from "./engine.ts";
import {createProgress} from "./progress.ts";
import {createRolloutActions} from "./rollout-actions.ts";

const version = {image: "registry/proxy:00000000000a", policy: "{}"};
const wanted = "00000000000b";
const runs = (tag: string): Outputs => ({image: `registry/proxy:${tag}`, policy: "{}"});

/** Rollout actions whose engine only notes what it is asked. */
function start({
  pinned = false,
  outputs = runs(wanted),
  image = wanted,
  world = smallWorld,
  unsigned = [],
  fault,
}: {
  pinned?: boolean;
  image?: string;
  world?: World;
  /** Images that bear no signature. */
  unsigned?: readonly string[];
  outputs?: Outputs;
  fault?: string;
} = {}) {
  const asked: unknown[][] = [];
  const engine: Engine = {
    stacks: async () => [],
    outputs: async () => outputs,
    up: async (...args) => {
      asked.push(args);
      return fault;
    },
    outlive: async () => {},
    cancel: () => {},
    logOf: (stack) => `logs/${stack}.log`,
  };
  const waves = [["global"], ["eastus2"]];
  const verified: string[] = [];
  const begun = {id: "1", waves, image, pinned, source: ""};
  const actions = createRolloutActions({
    world,
    stand: {...begun, wave: 0, entered: false, failed: undefined, ended: undefined},
    engine,
    progress: createProgress({write: () => {}, terminal: undefined, every: () => ({})}),
    record: () => {},
    soakMs: 0,
    credentialFile: "",
    certificateFile: undefined,
    cosign: {
      unsigned: async (image, key) => {
        verified.push(`${image} by ${key}`);
        return unsigned.includes(image) ? "no signatures found" : undefined;
      },
    },
    stopping: new AbortController().signal,
  });
  return {actions, asked, verified};
}

test("a region that goes on is let go of what held it; other stacks are not held", async () => {
  const {actions, asked} = start();
  assert.deepEqual([await actions.up("eastus2"), await actions.up("dns")], [undefined, undefined]);
  assert.deepEqual(asked, [
    ["eastus2", {}],
    ["dns", undefined],
  ]);
});

test("to an image of before regions are held", async () => {
  const {actions, asked} = start({pinned: true});
  assert.equal(await actions.up("eastus2"), undefined);
  assert.deepEqual(asked, [["eastus2", {image: wanted}]]);
});

test("one that goes back is held to what it ran", async () => {
  const {actions, asked} = start({pinned: true, outputs: runs("00000000000a")});
  assert.equal(await actions.up("eastus2", version), undefined);
  assert.deepEqual(asked, [["eastus2", version]]);
});

test("weights that a region runs are a part of what it goes back to", async () => {
  const weights = '{"coder": {"path": "old"}}';
  const {actions, asked} = start({outputs: {...version, weights}});
  const before = await actions.versionOf("eastus2");
  assert.deepEqual(before, {...version, weights});
  await actions.up("eastus2", before);
  assert.deepEqual(asked, [["eastus2", {...version, weights}]]);
});

test("a region that runs another image than was meant has failed, as has one that is not up", async () => {
  const {actions} = start({outputs: runs("00000000000c")});
  assert.equal(await actions.up("eastus2"), "runs registry/proxy:00000000000c, not 00000000000b");
  assert.equal(await start({fault: "no quota"}).actions.up("dns"), "no quota (logs/dns.log)");
});

test("what a region runs; nothing where it has not been brought up", async () => {
  assert.deepEqual(await start().actions.versionOf("eastus2"), runs(wanted));
  assert.equal(await start({outputs: {}}).actions.versionOf("eastus2"), undefined);
});

const digest = `@sha256:${"0".repeat(64)}`;
const [proxy, edge, cli] = ["proxy", "edge", "cli"].map(
  (kind) => `r.io/${kind}:${wanted}${digest}`,
);
const built = {image: proxy!, edgeImage: edge!, cliImage: cli!, policy: "{}"};
const signedWorld = withImages(smallWorld, {signedBy: "KEY"});

test("where regions.yaml asks for signatures, every image that a region will run is verified before it changes", async () => {
  const {actions, asked, verified} = start({world: signedWorld, outputs: built});
  assert.equal(await actions.up("eastus2"), undefined);
  assert.deepEqual(verified, [`${proxy} by KEY`, `${edge} by KEY`, `${cli} by KEY`]);
  assert.equal(asked.length, 1);
  assert.equal(await actions.up("global"), undefined);
  assert.equal(verified.length, 3);
});

test("and those of its servers on GPUs, where there are any", async () => {
  const [vllmImage, pluginImage] = [edge!.replace("edge", "vllm"), edge!.replace("edge", "plugin")];
  const outputs = {...built, vllmImage, pluginImage};
  const {actions, verified} = start({world: signedWorld, outputs});
  assert.equal(await actions.up("eastus2"), undefined);
  assert.deepEqual(
    verified,
    [proxy, edge, cli, vllmImage, pluginImage].map((image) => `${image} by KEY`),
  );
});

for (const image of [proxy!, edge!, cli!])
  test(`${image.split(":")[0]} without a signature: the region is not touched`, async () => {
    const {actions, asked} = start({world: signedWorld, outputs: built, unsigned: [image]});
    assert.equal(
      await actions.up("eastus2"),
      `${image} is not signed by service.images.signedBy: no signatures found`,
    );
    assert.deepEqual(asked, []);
  });

test("an image of before is verified by its digest, and one named by its tag alone is not taken", async () => {
  const other = `00000000000c@sha256:${"1".repeat(64)}`;
  const given = {world: signedWorld, outputs: built, pinned: true};
  const {actions, verified} = start({...given, image: other});
  await actions.up("eastus2");
  assert.equal(verified[0], `r.io/proxy:${other} by KEY`);
  const byTag = start({...given, image: "00000000000c"});
  assert.equal(
    await byTag.actions.up("eastus2"),
    "r.io/proxy:00000000000c has no digest; name it by its digest too",
  );
  assert.deepEqual(byTag.asked, []);
});

const before = {...built, ...runs("00000000000a")};

test("of what is brought back, the proxies' image ran before and needs no signature; the others do", async () => {
  const {actions, verified} = start({world: signedWorld, outputs: before});
  assert.equal(await actions.up("eastus2", version), undefined);
  assert.deepEqual(verified, [`${edge} by KEY`, `${cli} by KEY`]);
});

for (const image of [edge!, cli!])
  test(`${image.split(":")[0]} without a signature: the way back does not bring it either`, async () => {
    const {actions, asked} = start({world: signedWorld, outputs: before, unsigned: [image]});
    assert.equal(
      await actions.up("eastus2", version),
      `${image} is not signed by service.images.signedBy: no signatures found`,
    );
    assert.deepEqual(asked, []);
  });

test("an image that was found signed is not asked again on the way back", async () => {
  const {actions, verified} = start({world: signedWorld, outputs: built});
  await actions.up("eastus2");
  await actions.up("eastus2", {...version, image: proxy!});
  assert.equal(verified.length, 3);
});

test("nothing is verified where regions.yaml does not ask for it", async () => {
  const {actions, verified} = start({outputs: built, unsigned: [proxy!]});
  assert.equal(await actions.up("eastus2"), undefined);
  assert.deepEqual(verified, []);
});
