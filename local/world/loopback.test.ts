import assert from "node:assert/strict";
import {once} from "node:events";
import {existsSync, mkdtempSync, readdirSync, rmSync} from "node:fs";
import {type AddressInfo, createServer} from "node:net";
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

test("a world whose ports others have says which, with the mend of each, before it makes anything", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const taken = await Promise.all(
    (
      [
        ["127.0.0.1", 0],
        ["127.117.0.1", 8053],
        ["127.118.1.1", 8080],
      ] as const
    ).map(async ([host, port]) => {
      const server = createServer().listen(port, host);
      await once(server, "listening");
      t.after(() => server.close());
      return (server.address() as AddressInfo).port;
    }),
  );
  const beside = [
    {host: "127.0.0.1", port: taken[0]!, mend: "take another by --console-port N"},
    {host: "127.0.0.9", port: taken[0]!},
  ];
  const stop = (port: number) => `stop what listens there (ss -ltnp | grep ${port})`;
  await assert.rejects(startWorld({world: smallWorld, proxies: 2, folder, block: 117, beside}), {
    message: `ports that this needs are taken:
  - 127.0.0.1:${taken[0]}: take another by --console-port N, or ${stop(taken[0]!)}
  - 127.117.0.1:8053: ${stop(8053)}
  - 127.118.1.1:8080: ${stop(8080)}`,
  });
  assert.deepEqual(readdirSync(folder), []);
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
