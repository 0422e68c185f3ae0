import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import {codeOf, startKeys} from "../../proxy/admit/keys.rig.ts";
import {ask} from "../../proxy/rig.ts";
import {until} from "../../setup/until.ts";
import {freeAddress, notRun, startEdge} from "./edge.rig.ts";

const MINUTE = 60_000;

/** An issuer, a proxy that trades keys at it, and the edge, all real. */
async function startAll(t: TestContext) {
  const keys = await startKeys(t);
  const at = (url: string) => ({addresses: () => ["127.0.0.1"], port: Number(new URL(url).port)});
  // A quick machine asks more often on one connection than any editor.
  const requests = {burst: 1e6, perSecond: 1e6};
  const edge = await startEdge(t, {proxies: at(keys.rig.origin), limits: {requests}});
  return {...keys, edge};
}

const COMPLETION = {
  headers: {":path": "/v1/completions"},
  body: '{"model": "copilot-codex", "prompt": "let x", "stream": true}',
};
const by = (key: string) => ({
  ...COMPLETION,
  headers: {...COMPLETION.headers, authorization: `Bearer ${key}`},
});

describe("a key at the edge", {skip: notRun}, () => {
  test("alone completes for longer than a ticket lives", async (t) => {
    const {edge, pass, given} = await startAll(t);
    const client = edge.connect();
    for (let minutes = 0; minutes < 60; minutes += 5) {
      assert.equal((await ask(client, by("good-7"))).status, 200);
      pass(5 * MINUTE);
    }
    assert.ok(given() >= 3, `${given()} tickets were given`);
  });

  test("is not held up by who makes keys up at another address, whatever they say theirs is", async (t) => {
    const {edge} = await startAll(t);
    const [bad, good] = [edge.connect(freeAddress()), edge.connect(freeAddress())];
    let made = 0;
    const makeUp = () => {
      const {headers, ...rest} = by(`bad-${made++}`);
      return ask(bad, {...rest, headers: {...headers, "x-forwarded-for": `192.0.2.${made}`}});
    };
    let busy: Awaited<ReturnType<typeof makeUp>>[] = [];
    await until(async () => {
      const answers = await Promise.all(Array.from({length: 40}, makeUp));
      busy = answers.filter((answer) => answer.status === 429);
      return busy.length > 0;
    });
    assert.deepEqual([...new Set(busy.map(codeOf))], ["address_busy"]);
    assert.equal((await ask(good, by("good-7"))).status, 200);
  });
});
