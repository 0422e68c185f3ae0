import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {ask, MODEL, startHost, startRig} from "./rig.ts";

interface ModelList {
  readonly data: {id: string; capabilities: {type: string}}[];
}

describe("GET /models", () => {
  for (const path of ["/models", "/v1/models"])
    test(`${path} lists what the token covers and the region serves, as editors choose it`, async (t) => {
      const rig = await startRig(t, {hosts: [await startHost(t, () => {})]});
      const authorization = `Bearer ${await rig.token({models: [MODEL, "elsewhere"]})}`;
      const headers = {":method": "GET", ":path": path, authorization};
      const {status, text} = await ask(rig.client, {headers, body: ""});
      const {data} = JSON.parse(text) as ModelList;
      const shown = data.map(({id, capabilities}) => [id, capabilities.type]);
      assert.deepEqual([status, shown], [200, [[MODEL, "completion"]]]);
    });

  test("without a token it lists nothing, by another method it says so", async (t) => {
    const rig = await startRig(t, {hosts: [await startHost(t, () => {})]});
    const get = await ask(rig.client, {headers: {":method": "GET", ":path": "/models"}, body: ""});
    const post = await ask(rig.client, {headers: {":path": "/models"}});
    const codes = [get, post].map(({status, text}) => [status, JSON.parse(text).error.code]);
    assert.deepEqual(codes, [
      [401, "token_missing"],
      [405, "method_not_get"],
    ]);
  });
});
