import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import {smallWorld} from "../infra/fixture.ts";
import {loseRegion} from "./region-loss.ts";
import {expected, timeline} from "./timeline.ts";
import {startWorld} from "./world.ts";

test("the formula: probes that are tolerated, one more with its timeout, then the TTL", () => {
  assert.deepEqual(expected(smallWorld, 1500), {outOfDnsMs: [21_500, 36_500], movedMs: 66_500});
});

test("a loss is told as a timeline beside the formula", () => {
  const loss = {
    region: "eastus2",
    votedOutMs: 1200,
    outOfDnsMs: 29_800,
    movedMs: 58_100,
    clients: 8,
    served: 900,
    cut: 3,
    failed: 0,
    failure: undefined,
  };
  assert.equal(
    timeline(smallWorld, loss),
    `   0.0 s  eastus2's model host is lost, 8 clients on it
   1.2 s  the region votes itself out
  29.8 s  DNS answers other regions                   by formula 21.2 s to 36.2 s
  58.1 s  the last client has moved                   by formula at most 66.2 s

900 completions served meanwhile, 0 failed; 3 were under way when it was lost.
`,
  );
  assert.match(
    timeline(smallWorld, {...loss, failed: 2, failure: "no completion: 502"}),
    /2 failed \(the first: no completion: 502\);/,
  );
});

test("in a world of quick probes, a lost region votes itself out, leaves DNS, and its clients move", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const world = {...smallWorld, service: {...smallWorld.service, ttlS: 1}};
  const running = await startWorld({
    world,
    proxies: 1,
    envoy: undefined,
    folder,
    block: 120,
    probeMs: 200,
  });
  t.after(running.stop);
  const loss = await loseRegion({
    world,
    running,
    region: "westeurope",
    place: "EU-DE",
    clients: 3,
    pauseMs: 20,
    warmMs: 500,
    limitMs: 30_000,
  });
  assert.ok(loss.votedOutMs <= loss.outOfDnsMs && loss.outOfDnsMs <= loss.movedMs);
  assert.ok(loss.served > 0);
});
