import assert from "node:assert/strict";
import type {TestContext} from "node:test";
import {ping, request} from "../../proxy/http2/client.ts";
import {type Client, connectClient} from "../../proxy/http2/http2.rig.ts";
import {reset} from "../../proxy/http2/sending.ts";
import {UNHEARD} from "../../proxy/http2/stream.ts";
import {CANCEL} from "../../proxy/http2/wire.ts";

/** For tours: what a client of ours does with any host. */

export const SIZES = [0, 10, 100_000];
export const TOO_MUCH = 3_000_000;
const AT_ONCE = 50;
const NOTHING = Buffer.alloc(0);

export const connectTo = (t: TestContext, origin: string): Promise<Client> =>
  connectClient(t, 0, {origin});

export const fieldsOf = (origin: string, path: string, method = "GET") => {
  const {protocol, host} = new URL(origin);
  return {
    ":method": method,
    ":scheme": protocol.slice(0, -1),
    ":authority": host,
    ":path": path,
    "x-again": "the same for each, and so in both tables",
  };
};

/** Many streams at once of each size, which come back as they were sent; headers too, of a host that mirrors them. */
export async function echo(client: Client, origin: string, {mirrors = true} = {}): Promise<void> {
  for (const size of SIZES) {
    const asked = Array.from({length: AT_ONCE}, (_, index) => ({
      fields: {...fieldsOf(origin, "/echo", "POST"), "x-number": `${index}`},
      body: Buffer.alloc(size, index),
    }));
    const answers = await Promise.all(asked.map(({fields, body}) => client.ask(fields, body)));
    for (const [index, {fields, body, ...answer}] of answers.entries()) {
      assert.deepEqual(answer, {status: "200", isWhole: true, code: 0});
      assert.ok(body.equals(asked[index]!.body), `${size} bytes came as ${body.length}`);
      if (!mirrors) continue;
      assert.equal(fields["x-number"], `${index}`);
      assert.equal(fields["x-again"], asked[index]!.fields["x-again"]);
    }
  }
}

/** Cancels once the answer has begun: the connection and its other streams go on. */
export async function cancel(client: Client, origin: string, path: string): Promise<void> {
  const others = Array.from({length: 10}, () => client.ask(fieldsOf(origin, "/of/100000")));
  const code = await new Promise<number>((resolve) => {
    const handler = {
      ...UNHEARD,
      data: (stream: Parameters<typeof reset>[0]) => reset(stream, CANCEL),
      closed: ({code}: {code: number}) => resolve(code),
    };
    request(client.connection, fieldsOf(origin, path), NOTHING, handler, undefined);
  });
  assert.equal(code, CANCEL);
  for (const {isWhole, body} of await Promise.all(others))
    assert.deepEqual({isWhole, bytes: body.length}, {isWhole: true, bytes: 100_000});
  assert.equal((await client.ask(fieldsOf(origin, "/of/10"))).body.length, 10);
}

/** Sends more than the host wants, which says so before all of it has come. */
export async function overdo(client: Client, origin: string): Promise<void> {
  const content = Buffer.alloc(TOO_MUCH);
  const {status, isWhole, body} = await client.ask(fieldsOf(origin, "/refuse", "POST"), content);
  const got = {status, isWhole, body: `${body}`};
  assert.deepEqual(got, {status: "413", isWhole: true, body: "too much"});
  assert.equal((await client.ask(fieldsOf(origin, "/of/10"))).body.length, 10);
}

/** Resolves with the PING's answer. */
export const isThere = ({connection}: Client): Promise<void> =>
  new Promise((resolve) => ping(connection, resolve));
