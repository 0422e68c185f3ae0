import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import type {Engine, Outputs} from "./engine.ts";
import {createProgress} from "./progress.ts";
import {createHands} from "./rollout-actions.ts";

const version = {image: "registry/proxy:00000000000a", policy: "{}"};
const wanted = "00000000000b";
const runs = (tag: string): Outputs => ({image: `registry/proxy:${tag}`, policy: "{}"});

/** Hands whose engine does nothing but note what it is asked. */
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
  const hands = createHands({
    world: smallWorld,
    stand: {...begun, wave: 0, entered: false, failed: undefined, ended: undefined},
    engine,
    progress: createProgress({write: () => {}, terminal: undefined, every: () => ({})}),
    record: () => {},
    soakMs: 0,
    credentialFile: "",
    stopping: new AbortController().signal,
  });
  return {hands, asked};
}

test("a region that goes on is let go of what held it; other stacks are not held", async () => {
  const {hands, asked} = start();
  assert.deepEqual([await hands.up("eastus2"), await hands.up("dns")], [undefined, undefined]);
  assert.deepEqual(asked, [
    ["eastus2", {}],
    ["dns", undefined],
  ]);
});

test("to an image of before regions are held", async () => {
  const {hands, asked} = start({pinned: true});
  assert.equal(await hands.up("eastus2"), undefined);
  assert.deepEqual(asked, [["eastus2", {image: wanted}]]);
});

test("one that goes back is held to what it ran", async () => {
  const {hands, asked} = start({pinned: true, outputs: runs("00000000000a")});
  assert.equal(await hands.up("eastus2", version), undefined);
  assert.deepEqual(asked, [["eastus2", version]]);
});

test("a region that runs another image than was meant has failed, as has one that is not up", async () => {
  const {hands} = start({outputs: runs("00000000000c")});
  assert.equal(await hands.up("eastus2"), "runs registry/proxy:00000000000c, not 00000000000b");
  assert.equal(await start({fault: "no quota"}).hands.up("dns"), "no quota (logs/dns.log)");
});

test("what a region runs; nothing where it has not been brought up", async () => {
  assert.deepEqual(await start().hands.versionOf("eastus2"), runs(wanted));
  assert.equal(await start({outputs: {}}).hands.versionOf("eastus2"), undefined);
});
