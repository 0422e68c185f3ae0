import assert from "node:assert/strict";
import {type AddressInfo, createServer, type Server, type Socket} from "node:net";
import {type TestContext, test} from "node:test";
import {answer, greeting, readRequests} from "../frames.ts";
import type {PolicyInput} from "../policy.ts";
import {ask, MODEL, startHost, startRig} from "../rig.ts";
import {verdictOf} from "./verdict.ts";

const speak: Record<"h2" | "http/1.1", (statusOf: () => string) => (socket: Socket) => void> = {
  h2: (statusOf) => (socket) => {
    socket.write(greeting());
    const pinged = (pong: Buffer) => socket.write(pong);
    const asked = (id: number) =>
      socket.write(answer(id, {":status": statusOf(), "content-type": "application/json"}, "{}"));
    socket.on("data", readRequests({asked, pinged}));
  },
  "http/1.1": (statusOf) => (socket) => {
    const head = "content-type: application/json\r\ncontent-length: 2\r\nconnection: close";
    socket.once("data", () => socket.end(`HTTP/1.1 ${statusOf()} Any\r\n${head}\r\n\r\n{}`));
  },
};

async function listening(t: TestContext, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const statuses = Array.from({length: 1000}, (_, status) => `${status}`.padStart(3, "0"));
/** After it nothing more is asked there, so it comes last. */
const GONE = "410";
const inOrder = [...statuses.filter((status) => status !== GONE), GONE];

for (const [api, gone] of [
  ["azure", {404: "missing", 410: "retired"}],
  ["openai", {410: "retired"}],
] as const)
  test(`of all statuses, those by which a deployment of ${api} is gone`, () => {
    const found = statuses.map(Number).flatMap((status) => {
      const verdict = verdictOf(status, api);
      return verdict.kind === "gone" ? [[status, verdict.absence]] : [];
    });
    assert.deepEqual(Object.fromEntries(found), gone);
  });

/** The only ones of a host's that docs/contract.md lets through; all others are another's to answer, or 502. */
const passed: Readonly<Record<string, number>> = {200: 200, 400: 400, 413: 413, 422: 400, 429: 429};

for (const protocol of ["h2", "http/1.1"] as const)
  test(`each status from 000 to 999 of a host that speaks ${protocol} is one that clients know`, async (t) => {
    let status = "";
    const server = createServer(speak[protocol](() => status));
    const url = await listening(t, server);
    const plenty = {perSecond: 1e6, burst: 1e6, streams: 1e6};
    const upstream = {url, api: "openai", protocol, credential: {kind: "none"}} as const;
    const rules: Partial<PolicyInput> = {
      limits: plenty,
      upstreams: {only: upstream},
      models: {[MODEL]: {deployments: [{upstream: "only", name: "x", weight: 1}]}},
    };
    const rig = await startRig(t, {hosts: [await startHost(t, () => {})], rules});
    const headers = {authorization: `Bearer ${await rig.token()}`};
    const told: Record<string, number> = {};
    for (status of inOrder) {
      told[status] = (await ask(rig.client, {headers})).status;
      rig.pass(61_000);
    }
    const expected = statuses.map((status) => [status, passed[Number(status)] ?? 502]);
    assert.deepEqual(told, Object.fromEntries(expected));
  });
