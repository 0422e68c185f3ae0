import assert from "node:assert/strict";
import {existsSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {requireAddresses} from "./loopback.ts";
import {startWorld} from "./world.ts";

const listens = async (address: string) => address === "127.0.0.1";

test("all that a machine lacks is told at once, with the one command that adds it", async () => {
  const addresses = ["127.0.0.1", "127.1.0.1", "127.1.0.2"];
  await requireAddresses(addresses.slice(0, 1), {listens, platform: "darwin"});
  await assert.rejects(requireAddresses(addresses, {listens, platform: "darwin"}), {
    message: `This machine lacks 2 of the 3 loopback addresses that the world listens on. Add them until it restarts, then start again:
  for address in 127.1.0.1 127.1.0.2; do sudo ifconfig lo0 alias $address; done`,
  });
  await assert.rejects(requireAddresses(addresses, {listens, platform: "linux"}), {
    message:
      "This machine lacks 2 of the 3 loopback addresses that the world listens on. Its loopback interface is down; bring it up, then start again: sudo ip link set lo up",
  });
});

test("the machine itself is asked: it has its loopback address, and none of the documentation's", async () => {
  await requireAddresses(["127.0.0.1"]);
  await assert.rejects(requireAddresses(["127.0.0.1", "203.0.113.1"], {platform: "darwin"}), {
    message: /^This machine lacks 1 of the 2 .* for address in 203\.0\.113\.1; do/s,
  });
});

test("a world on a machine with one address says what it lacks, and starts nothing", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const world = {world: smallWorld, proxies: 2, folder, block: 116};
  await assert.rejects(startWorld({...world, listens}), ({message}: Error) => {
    const [head, command] = message.split("\n");
    // Three of the world; of each region its own, its model's, its DNS, two proxies and an issuer.
    assert.match(head!, /^This machine lacks 15 of the 15 loopback addresses/);
    if (process.platform !== "linux")
      assert.equal(command!.match(/127\.\d+\.\d+\.\d+/g)!.length, 15);
    return true;
  });
  assert.ok(!existsSync(join(folder, "world.json")), "the folder is no longer claimed");
});
