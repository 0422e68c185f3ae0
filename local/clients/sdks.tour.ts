import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {constants} from "node:http2";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, type TestContext, test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {startKeys} from "../../proxy/admit/keys.rig.ts";
import {answerEvents, event, type Script} from "../../proxy/rig.ts";
import {until} from "../../setup/until.ts";
import {envoy, notRun, startEdge} from "../edge/edge.rig.ts";
import {chatting} from "../world/chatting.rig.ts";
import {type RunningWorld, startWorld} from "../world/world.ts";
import {type Asking, listModels, type Sdk, type Status, sdks, trust} from "./sdks.rig.ts";

const MODEL = "copilot-codex";
const CHAT = "copilot-nano";
const BEGUN = {prompt: "function add(a, b) {\n  return", suffix: "\n}"};
/** What the world's completer makes of it. */
const WHOLE = " a + b;";

describe("an SDK with a key alone, at a world's door", {skip: notRun}, () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  let running: RunningWorld;
  let asking: Asking;

  before(async () => {
    running = await startWorld({
      world: chatting(smallWorld, CHAT),
      proxies: 1,
      envoy,
      folder: join(folder, "world"),
      block: 210,
      probeMs: 200,
    });
    trust(running.authority.pem);
    const service = `https://${running.regions[0]!.address}:${running.port}`;
    const key = running.people[0]!.credential;
    asking = {service, key, model: MODEL, chat: CHAT, ...BEGUN};
  });
  after(async () => {
    await running?.stop();
    rmSync(folder, {recursive: true});
  });

  test("the models are listed", async () => {
    assert.deepEqual(await listModels(asking), [MODEL, CHAT]);
  });

  for (const [name, sdk] of Object.entries(sdks))
    describe(name, () => {
      for (const [way, ask] of Object.entries(sdk.ways))
        test(`${way}: the model's words arrive`, async () => {
          const said = await ask(asking);
          if (sdk.reworded?.includes(way)) assert.notEqual(said, "");
          else assert.equal(said, WHOLE);
        });

      for (const [what, changes, status] of [
        ["a key that nobody has", {key: "nonsense"}, 401],
        ["a model that is not served", {model: "nope", chat: "nope"}, 404],
      ] as const)
        test(`${what} is an error of its own, ${status}`, () =>
          eachFails(sdk, {...asking, ...changes}, status));

      test("no room anywhere is an error of its own, 429", async () => {
        for (const {model} of running.regions) model.busy(1);
        await eachFails(sdk, asking, 429);
        for (const {model} of running.regions) model.restore();
        // A deployment without room is asked again once its second has passed.
        const [ask] = Object.values(sdk.ways);
        await until(async () => typeof (await ask!(asking).catch(sdk.read)) === "string");
      });
    });
});

/** Every way to ask fails in the SDK's own manner. */
async function eachFails({ways, read, errors}: Sdk, asking: Asking, status: Status) {
  for (const [way, ask] of Object.entries(ways))
    assert.deepEqual(await ask(asking).catch(read), [errors[status], status], way);
}

/** An issuer, a proxy that trades keys at it, and the edge, all real; their clock and the model host are the test's. */
async function startAll(t: TestContext, options?: Parameters<typeof startKeys>[1]) {
  const keys = await startKeys(t, options);
  const proxies = {addresses: () => ["127.0.0.1"], port: Number(new URL(keys.rig.origin).port)};
  const edge = await startEdge(t, {proxies});
  trust(edge.authority);
  const service = `https://${edge.address}:${edge.port}`;
  return {...keys, asking: {service, key: "good-7", model: MODEL, chat: MODEL, ...BEGUN}};
}

const MINUTE = 60_000;

for (const [name, sdk] of Object.entries(sdks))
  describe(`${name} at an edge`, {skip: notRun}, () => {
    test("a key alone serves for longer than a ticket lives", async (t) => {
      const {asking, pass, given} = await startAll(t);
      const [, ask] = Object.entries(sdk.ways).find(([way]) => way.endsWith("streamed"))!;
      for (let minutes = 0; minutes < 60; minutes += 5) {
        assert.equal(await ask(asking), "1");
        pass(5 * MINUTE);
      }
      assert.ok(given() >= 3, `${given()} tickets were given`);
    });

    test("an answer that is left after its first word is a reset at the model host", async (t) => {
      const begin: Script = ({stream}) => {
        answerEvents(stream);
        stream.write(event("1"));
      };
      const {asking, host} = await startAll(t, {script: begin});
      await sdk.leave(asking);
      assert.equal(await host.seen[0]!.closed, constants.NGHTTP2_CANCEL);
    });
  });
