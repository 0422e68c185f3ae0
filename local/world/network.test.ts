import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {type TestContext, test} from "node:test";
import {promisify} from "node:util";
import {startResolver} from "../dns/resolver.ts";
import {freeAddress} from "../edge/edge.rig.ts";

const HOST = "service.example.com";

/** What a program that knows nothing of the world gets of each address, by three doors of Node's. */
const program = `
  const http = require("node:http");
  const net = require("node:net");
  const {lookup} = require("node:dns");
  const failed = (error) => error.cause?.message ?? error.message;
  const doors = {
    fetch: (url) => fetch(url).then((answer) => answer.text(), failed),
    http: (url) => new Promise((resolve) => http.get(url, (answer) => answer.on("data", (data) => resolve(String(data)))).on("error", (error) => resolve(failed(error)))),
    socket: ({hostname, port}) => new Promise((resolve) => net.connect(port, hostname.replace(/[[\\]]/g, ""), () => resolve("met")).on("error", (error) => resolve(failed(error)))),
    lookup: ({hostname}) => new Promise((resolve) => lookup(hostname, (error, address) => resolve(error?.code ?? address))),
  };
  (async () => {
    const [name, ...urls] = process.argv.slice(1);
    const told = [];
    for (const url of urls) told.push(await doors[name](new URL(url)));
    console.log(JSON.stringify(told));
    process.exit();
  })();
`;

async function startWorld(t: TestContext) {
  const address = freeAddress();
  const server = createServer((_, response) => response.end("met"));
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const dns = await startResolver({
    listen: {host: freeAddress(), port: 8053},
    lookup: (name) => (name === HOST ? {aliases: [], addresses: [address], ttlS: 1} : undefined),
  });
  t.after(() => {
    dns.close();
    server.close();
    server.closeAllConnections();
  });
  const {port} = server.address() as AddressInfo;
  async function ask(door: string, ...hosts: string[]): Promise<string[]> {
    const urls = hosts.map((host) => `http://${host}:${port}/`);
    const args = ["--import", `${import.meta.dirname}/network.ts`, "-e", program, door, ...urls];
    const env = {DNS_SERVER: `${dns.address.host}:${dns.address.port}`};
    const {stdout} = await promisify(execFile)(process.execPath, args, {env});
    return JSON.parse(stdout);
  }
  return {address, ask};
}

const refused = (host: string) => `${host} is not of this world; nothing leaves the machine`;

for (const door of ["fetch", "http", "socket"])
  test(`by ${door} a process meets the world, and no one outside`, async (t) => {
    const {address, ask} = await startWorld(t);
    assert.deepEqual(await ask(door, HOST, address, "192.0.2.1", "[2001:db8::1]"), [
      ...["met", "met"],
      ...["192.0.2.1", "2001:db8::1"].map(refused),
    ]);
  });

test("names are asked of the world's DNS server alone", async (t) => {
  const {address, ask} = await startWorld(t);
  assert.deepEqual(await ask("lookup", HOST, "github.com"), [address, "ENOTFOUND"]);
});
