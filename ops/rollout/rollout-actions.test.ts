import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
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
  fault,
}: {
  pinned?: boolean;
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
  const begun = {id: "1", waves, image: wanted, pinned, source: ""};
  const actions = createRolloutActions({
    world: smallWorld,
    stand: {...begun, wave: 0, entered: false, failed: undefined, ended: undefined},
    engine,
    progress: createProgress({write: () => {}, terminal: undefined, every: () => ({})}),
    record: () => {},
    soakMs: 0,
    credentialFile: "",
    certificateFile: undefined,
    stopping: new AbortController().signal,
  });
  return {actions, asked};
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

test("a region that runs another image than was meant has failed, as has one that is not up", async () => {
  const {actions} = start({outputs: runs("00000000000c")});
  assert.equal(await actions.up("eastus2"), "runs registry/proxy:00000000000c, not 00000000000b");
  assert.equal(await start({fault: "no quota"}).actions.up("dns"), "no quota (logs/dns.log)");
});

test("what a region runs; nothing where it has not been brought up", async () => {
  assert.deepEqual(await start().actions.versionOf("eastus2"), runs(wanted));
  assert.equal(await start({outputs: {}}).actions.versionOf("eastus2"), undefined);
});
