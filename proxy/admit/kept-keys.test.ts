import assert from "node:assert/strict";
import {randomBytes} from "node:crypto";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {type TestContext, test} from "node:test";
import {getHeapSnapshot} from "node:v8";
import fc from "fast-check";
import {pino} from "pino";
import {ProxyError} from "../errors.ts";
import {createKeys} from "./keys.ts";
import {createTrade} from "./trade.ts";

/** An issuer that gives a ticket to each key that begins with `good`, and remembers none. */
async function startIssuer(t: TestContext): Promise<string> {
  const server = createServer(({headers}, response) => {
    const isGood = headers.authorization?.startsWith("Bearer good");
    const ticket = {token: "t", expires_at: Date.now() / 1000 + 1200, refresh_in: 900};
    response.writeHead(isGood ? 200 : 401);
    response.end(JSON.stringify(isGood ? ticket : {message: "no"}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("no key is kept, only its hash", async (t) => {
  const trade = createTrade({issuer: await startIssuer(t), log: pino({level: "silent"})});
  const keys = createKeys({trade, now: () => performance.now()});
  const secret = randomBytes(24);
  await keys.ticketOf(`good-${secret.toString("hex")}`, "a");
  await assert.rejects(keys.ticketOf(`bad-${secret.toString("hex")}`, "a"), {code: "KEY_REFUSED"});
  // What the connection last sent goes with the next request on it.
  await keys.ticketOf("good-other", "a");
  await assert.rejects(keys.ticketOf("bad-other", "a"));
  assert.ok(!(await heap()).includes(Buffer.from(secret.toString("hex"))));
  assert.equal(await keys.ticketOf(`good-${secret.toString("hex")}`, "a"), "t");
});

/** Every text that this process holds, after what is not used any more is gone. */
async function heap(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of getHeapSnapshot()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const LIFETIME_MS = 1_200_000;
const WAIT_S = 3;

/** What the issuer says from now on, how much later a key is used, and which. */
const step = fc.record({
  issuer: fc.constantFrom("well", "well", "refuses", "busy", "lost"),
  laterMs: fc.constantFrom(0, 1, 2_999, 5_000, 10_001, 300_000, 900_000, LIFETIME_MS),
  key: fc.constantFrom("a", "b"),
});
type Steps = (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[];

/** Uses keys as told. What went wrong with one. */
async function use(steps: Steps): Promise<string[]> {
  const faults: string[] = [];
  const ends = new Map<string, number>();
  /** Until when a key need not be tried: it is refused, or has a ticket and was told to wait. */
  const waits = new Map<string, number>();
  let ms = 1;
  let issuer = "well";
  const keys = createKeys({trade, now: () => ms});

  async function trade(key: string) {
    if (ms < (waits.get(key) ?? 0)) faults.push(`${key} is tried again too soon`);
    if (issuer === "well") {
      ends.set(key, ms + LIFETIME_MS);
      return {token: key, expires_at: LIFETIME_MS / 1000, refresh_in: 900};
    }
    if (issuer === "refuses") {
      ends.delete(key);
      waits.set(key, ms + 10_000);
      throw new ProxyError("KEY_REFUSED");
    }
    if (ms < (ends.get(key) ?? 0)) waits.set(key, Math.min(ends.get(key)!, ms + WAIT_S * 1000));
    throw new ProxyError(issuer === "busy" ? "KEY_BUSY" : "ISSUER_LOST", {retryAfterS: WAIT_S});
  }

  for (const {laterMs, key, ...next} of steps) {
    ms += laterMs;
    issuer = next.issuer;
    const end = ends.get(key) ?? 0;
    const answer = await keys.ticketOf(key, "x").catch((error: ProxyError) => error.code);
    await new Promise(setImmediate);
    if (ms < end && answer !== key) faults.push(`${key} holds, and is given up: ${answer}`);
    if (answer === key && ms >= Math.max(end, ends.get(key) ?? 0)) faults.push(`${key} has ended`);
  }
  return faults;
}

test("whatever the issuer does: a ticket is used up to its end, and a key is not tried too soon", async (t) => {
  t.mock.timers.enable({apis: ["Date"], now: 0});
  const property = fc.asyncProperty(fc.array(step, {maxLength: 40}), async (steps) =>
    assert.deepEqual(await use(steps), []),
  );
  await fc.assert(property, {seed: 16, numRuns: 300});
});
