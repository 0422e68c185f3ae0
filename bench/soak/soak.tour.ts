import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import {shortWorld} from "../../local/drills/short.ts";
import {readWorld} from "../../regions/read.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {soak} from "./soak.ts";
import {verdict} from "./verdict.ts";

const envoy = findEnvoy();
const skip = envoy && process.platform === "linux" ? false : "NOT RUN: no Envoy, or no /proc";
if (skip) console.log(`soak.tour.ts: ${skip}. Mend: npm start says how to get Envoy`);

test("half a minute of typing: every step is measured, and nothing fails", {skip}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-soak-"));
  t.after(() => rmSync(folder, {recursive: true, force: true}));
  const world = shortWorld(readWorld());
  const samples = await soak({
    world,
    envoy: envoy!,
    minutes: 0.4,
    people: 6,
    stepMs: 4000,
    folder,
    block: 240,
  });
  assert.ok(samples.length >= 6);
  for (const sample of samples) {
    const {proxyMb, edgeMb, handles, sessions, requests, p50Ms, p99Ms} = sample;
    for (const value of [proxyMb, edgeMb, handles, sessions, requests, p50Ms, p99Ms])
      assert.ok(value > 0, JSON.stringify(sample));
  }
  assert.deepEqual(
    verdict(samples)
      .filter(({what}) => what.endsWith("requests failed"))
      .map(({held}) => held),
    [true],
  );
});
