import assert from "node:assert/strict";
import type {ClientHttp2Session} from "node:http2";
import {describe, test} from "node:test";
import {
  answerEvents,
  ask,
  DONE,
  event,
  type Host,
  open,
  type Seen,
  startHost,
} from "../../proxy/rig.ts";
import {until} from "../../setup/until.ts";
import {freeAddress, notRun, startEdge, voting} from "./edge.rig.ts";

const at = ({url}: Host) => ({addresses: () => ["127.0.0.1"], port: Number(new URL(url).port)});

/** The codes of the GOAWAYs that a connection is sent; grows. */
function goawaysOf(client: ClientHttp2Session): number[] {
  const codes: number[] = [];
  client.on("goaway", (code) => codes.push(code));
  return codes;
}

const startTelling = (t: Parameters<typeof startHost>[0], isWell = () => true) =>
  startHost(
    t,
    voting(({stream, headers}) => {
      answerEvents(stream);
      stream.write(event("one"));
      if (headers["x-request-id"] !== "open") stream.end(DONE);
    }, isWell),
  );

describe("the edge tells its clients to go", {skip: notRun}, () => {
  test("before it stops: a GOAWAY, and what is under way ends well", async (t) => {
    const proxy = await startTelling(t);
    const edge = await startEdge(t, {proxies: at(proxy), limits: {drainS: 0.2, stopS: 2}});
    const client = edge.connect();
    const goaways = goawaysOf(client);
    const stream = open(client, {headers: {"x-request-id": "open"}});
    await new Promise((resolve) => stream.once("data", resolve));
    const stopped = edge.preStop();
    await until(async () => {
      if (goaways.length === 0) assert.equal((await ask(client, {})).status, 200);
      return goaways.length > 0;
    });
    assert.equal((await ask(edge.connect(), {})).status, 200);
    proxy.seen.find(({headers}) => headers["x-request-id"] === "open")!.stream.end(DONE);
    let text = "";
    for await (const chunk of stream) text += chunk;
    await until(() => client.destroyed);
    assert.deepEqual([text, stream.rstCode, new Set(goaways)], [DONE, 0, new Set([0])]);
    assert.equal(await stopped, 200);
  });

  test("when a connection has its age, so that it asks DNS again", async (t) => {
    const proxy = await startTelling(t);
    const limits = {ageS: 0.5, ageJitterPercent: 0, drainS: 0.2};
    const edge = await startEdge(t, {proxies: at(proxy), limits});
    const client = edge.connect();
    const goaways = goawaysOf(client);
    const stream = open(client, {headers: {"x-request-id": "open"}});
    await until(() => goaways.length === 2);
    proxy.seen.at(-1)!.stream.end(DONE);
    let text = "";
    for await (const chunk of stream) text += chunk;
    assert.deepEqual([text, stream.rstCode, goaways], [event("one") + DONE, 0, [0, 0]]);
    await until(() => client.destroyed);
  });

  test("when the region has been out for long enough, and no longer once it is back", async (t) => {
    let well = true;
    const proxy = await startTelling(t, () => well);
    const limits = {outS: 1, leavePercent: 100, drainS: 0.2};
    const edge = await startEdge(t, {proxies: at(proxy), limits});
    const client = edge.connect();
    const goaways = goawaysOf(client);
    const healthy = () => edge.stat("cluster.proxy.membership_healthy");
    assert.equal((await ask(client, {})).status, 200);
    well = false;
    await until(async () => (await healthy()) === 0);
    assert.deepEqual([(await ask(client, {})).status, goaways], [200, []]);
    await until(async () => {
      if (goaways.length === 0) assert.equal((await ask(client, {})).status, 200);
      return client.destroyed;
    });
    well = true;
    await until(async () => (await healthy()) === 1);
    await until(async () => {
      const back = edge.connect();
      const later = goawaysOf(back);
      for (let count = 0; count < 10; count++) if (later.length === 0) await ask(back, {});
      return later.length === 0;
    });
  });

  test("the region's health page follows the share of its proxies that are well", async (t) => {
    const votes = [true, true, true];
    const addresses = votes.map(freeAddress);
    const told = ({stream}: Seen) => stream.respond({":status": 200}, {endStream: true});
    for (const [index, host] of addresses.entries())
      await startHost(
        t,
        voting(told, () => votes[index]!),
        {host, port: 8080},
      );
    const edge = await startEdge(t, {proxies: {addresses: () => addresses, port: 8080}});
    const page = async () => {
      const stream = edge.connect().request({":path": "/healthz"});
      return new Promise((resolve) => stream.on("response", (h) => resolve(h[":status"])));
    };
    const well = () => edge.stat("cluster.proxy.membership_healthy");
    const seen: unknown[] = [];
    for (const [index, vote] of [
      [0, true],
      [0, false],
      [1, false],
      [1, true],
    ] as const) {
      votes[index] = vote;
      const count = votes.filter(Boolean).length;
      await until(async () => (await well()) === count);
      seen.push([count, await page()]);
    }
    assert.deepEqual(seen, [
      [3, 200],
      [2, 200],
      [1, 503],
      [2, 200],
    ]);
  });
});
