import assert from "node:assert/strict";
import {test} from "node:test";
import {until} from "../../setup/until.ts";
import type {Asked} from "./asked.ts";
import {bodyOf} from "./bodies.ts";
import {MODELS} from "./host.ts";
import {createHttp1Client} from "./http1-client.ts";
import {startHttp1Host} from "./http1-host.ts";

const [begun, resets] = [new Set<string>(), new Map<string, number>()];
const host = await startHttp1Host({begun, resets});
const client = createHttp1Client({
  origin: `http://127.0.0.1:${host.port}`,
  authority: undefined,
  http1: true,
  tokens: [],
  body: bodyOf({}),
});
test.after(() => host.close());

test("small answers and streams come whole by HTTP/1.1, on connections that stay open", async () => {
  for (const model of ["unary", "stream"] as const) {
    const {promise, resolve} = Promise.withResolvers<[Asked, boolean]>();
    client.ask(model, {closed: (asked, whole) => resolve([asked, whole])});
    const [{status, over, firstByteMs}, whole] = await promise;
    assert.deepEqual({status, over, whole}, {status: 200, over: true, whole: true});
    assert.ok(firstByteMs > 0);
  }
  assert.equal(client.closed, 0);
});

test("a cancel before and after the first byte reaches the host under the request's own id", async () => {
  const asked = (["hold", "mute"] as const).map((model) => client.ask(model, {closed() {}}));
  await until(() => asked.every(({id}) => begun.has(id)) && asked[0]!.firstByteMs > 0);
  for (const {stream} of asked) stream.close(8);
  await until(() => asked.every(({id, over}) => resets.has(id) && over));
  assert.equal(client.closed, asked.length);
});

test("whoever asks the host for its models hears of all of them", async () => {
  const {data} = (await (await fetch(`http://127.0.0.1:${host.port}/v1/models`)).json()) as {
    data: {id: string}[];
  };
  assert.deepEqual(
    data.map(({id}) => id),
    MODELS,
  );
});
