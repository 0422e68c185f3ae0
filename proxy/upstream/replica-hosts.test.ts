import assert from "node:assert/strict";
import {randomInt} from "node:crypto";
import {createServer, type ServerResponse} from "node:http";
import type {AddressInfo} from "node:net";
import {type TestContext, test} from "node:test";
import {until} from "../../setup/until.ts";
import type {PolicyInput} from "../policy.ts";
import {bodyOf} from "../rewrite/body.ts";
import {ask, DONE, event, MODEL, startHost, startRig} from "../rig.ts";
import {type Heard, sink} from "./heard.rig.ts";
import type {ServedPolicy} from "./served-policy.ts";
import {createUpstreams} from "./upstream.ts";

/** Model servers at addresses of their own and one port, as the pods of a Service are. */
async function startServers(t: TestContext, count: number) {
  const servers: {address: string; asked: (string | undefined)[]; waits: ServerResponse[]}[] = [];
  let port = 0;
  for (let index = 0; index < count; index++) {
    const address = `127.${randomInt(128, 250)}.${randomInt(256)}.${randomInt(1, 255)}`;
    const server = {address, asked: [] as (string | undefined)[], waits: [] as ServerResponse[]};
    const listening = createServer((request, response) => {
      server.asked.push(request.headers.host);
      server.waits.push(response);
    });
    await new Promise<void>((resolve) => listening.listen(port, address, resolve));
    t.after(() => listening.close().closeAllConnections());
    ({port} = listening.address() as AddressInfo);
    servers.push(server);
  }
  return {servers, port};
}

test("each replica is asked at its address by the name of all; one that leaves finishes what it has", async (t) => {
  const {servers, port} = await startServers(t, 2);
  const unreached: string[] = [];
  const upstreams = createUpstreams({
    log: () => {},
    unreached: (upstream) => unreached.push(upstream),
  });
  t.after(() => upstreams.close());
  const spec = {
    url: `http://gpu.test:${port}`,
    api: "openai",
    protocol: "http/1.1",
    credential: {kind: "none"},
    replicas: true,
  } as const;
  const apply = (addresses: readonly string[]) =>
    upstreams.apply({
      upstreams: Object.fromEntries(
        addresses.map((address) => [`gpu@${address}`, {...spec, address}]),
      ),
    } as unknown as ServedPolicy);
  const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]];
  apply([first.address, second.address]);
  const askAt = (address: string) => {
    const heard: Heard = {text: ""};
    const request = {api: "completions", deployment: "coder", id: "1", body: bodyOf({})} as const;
    upstreams
      .get(`gpu@${address}`)!
      .request({...request, traceparent: undefined, priority: undefined}, sink, heard);
    return heard;
  };
  const heard = [askAt(first.address), askAt(second.address)];
  await until(() => first.waits.length + second.waits.length === 2);
  assert.deepEqual([first.asked, second.asked], [[`gpu.test:${port}`], [`gpu.test:${port}`]]);
  apply([second.address]);
  assert.equal(upstreams.get(`gpu@${first.address}`), undefined);
  for (const {waits} of servers) waits[0]!.end("done");
  await until(() => heard.every(({end}) => end !== undefined));
  assert.deepEqual(
    heard.map(({text, end}) => [text, end]),
    [
      ["done", "ended"],
      ["done", "ended"],
    ],
  );
  apply(["127.0.0.1"]);
  const lost = askAt("127.0.0.1");
  await until(() => lost.end !== undefined);
  assert.deepEqual([lost.end, unreached], ["connect", ["gpu@127.0.0.1"]]);
});

const served = {api: "openai", credential: {kind: "none"}, protocol: "http/1.1"} as const;

const rulesOf = (url: string): Partial<PolicyInput> => ({
  upstreams: {gpu: {...served, url, replicas: true}},
  models: {[MODEL]: {balance: "load", deployments: [{upstream: "gpu", name: "coder", weight: 1}]}},
});

test("a proxy asks the replicas behind a name, and tells of them by it", async (t) => {
  const host = createServer((_, response) => {
    response.writeHead(200, {"content-type": "text/event-stream"}).end(event("x") + DONE);
  });
  await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
  t.after(() => host.close().closeAllConnections());
  const url = `http://localhost:${(host.address() as AddressInfo).port}`;
  const rig = await startRig(t, {hosts: [await startHost(t, () => {})], rules: rulesOf(url)});
  const deployments = async () => (await fetch(`${rig.admin}/deployments`)).text();
  await until(async () => (await deployments()).includes("gpu@127.0.0.1"));
  const headers = {authorization: `Bearer ${await rig.token()}`};
  assert.equal((await ask(rig.client, {headers})).text, event("x") + DONE);
  const metrics = await rig.metrics();
  assert.match(metrics, /meridian_deployment_share\{model="copilot-codex",upstream="gpu",.*\} 1/);
  assert.match(metrics, /meridian_replicas\{upstream="gpu"\} [12]\n/);
  assert.doesNotMatch(metrics, /127\.0\.0\.1/);
});

test("a proxy comes up while a name leads nowhere, and stays out of rotation until it does", async (t) => {
  const hosts = [await startHost(t, () => {})];
  const rig = await startRig(t, {hosts, rules: rulesOf("http://replicas.invalid:8000")});
  const statusOf = async (path: string) =>
    (await ask(rig.client, {headers: {":path": path, ":method": "GET"}})).status;
  assert.deepEqual([await statusOf("/_ping"), await statusOf("/healthz")], [200, 500]);
  const headers = {authorization: `Bearer ${await rig.token()}`};
  assert.equal((await ask(rig.client, {headers})).status, 502);
  rig.writePolicy({...rig.policy, ...rulesOf("http://127.0.0.1:9")});
  await until(async () => (await statusOf("/healthz")) === 200);
});
