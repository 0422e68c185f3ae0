import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {constants} from "node:http2";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, afterEach, before, describe, test} from "node:test";
import type {Stats} from "../../cloud/models/model.ts";
import {DEFAULT_MODEL} from "../../editor/choice.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {findLanguageServer} from "../../setup/language-server.js";
import {until} from "../../setup/until.ts";
import {envoy, notRun} from "../edge/edge.rig.ts";
import {chatting} from "../world/chatting.rig.ts";
import type {RunningRegion} from "../world/region.ts";
import {type RunningWorld, startWorld} from "../world/world.ts";
import {type RealEditor, type RealEditorOptions, startRealEditor} from "./real-editor.ts";
import {startWords, type Words} from "./words.rig.ts";
import {createWriter, type Writer} from "./writer.rig.ts";

const program = findLanguageServer();
const skip = program ? notRun : "NOT RUN: no language server";
if (!program)
  console.log(
    `language-server.tour.ts: ${skip}. Mend: TOOLS=build node setup/main.js fetches it from npm`,
  );

const MODEL = "copilot-codex";
const WORDS = ["a", " + b", ";"] as const;
const WHOLE = [WORDS.join("")];
const NOTHING: string[] = [];
const BEGUN = "export function sum(a: number, b: number) {\n  return ";
/** What the model of next edits makes of any lines. */
const widened = (lines: string) => lines.replace("b: number", "b: number, c: number");
/** LSP's code for a request that was cancelled by the client. */
const CANCELLED = -32800;
/** Ample time for a cancel on a busy machine: the answer would never end by itself. */
const CANCEL_LIMIT_MS = 10_000;

/** Its makers run an experiment that decides which of these a user has. */
const ways = {
  "its own way of completing": {chatLib: false, model: MODEL},
  "its second way, chat-lib": {chatLib: true, model: DEFAULT_MODEL},
};

const EDITS = "copilot-edits";
/** Two regions: a model that chats for the names of next edits, and one for all others. */
const served = {
  ...smallWorld,
  models: {[MODEL]: {...smallWorld.models[MODEL]!, aliases: ["*"]}},
};
const world = chatting(served, EDITS, ["copilot-nes-*"]);

describe("GitHub Copilot's language server, unmodified, at a world's door", {skip}, () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  let words: Words;
  let running: RunningWorld;

  before(async () => {
    words = await startWords(WORDS, widened);
    running = await startWorld({
      world,
      proxies: 2,
      envoy,
      folder: join(folder, "world"),
      block: 190,
      probeMs: 200,
      model: words.url,
    });
  });
  after(async () => {
    await running?.stop();
    words?.close();
    rmSync(folder, {recursive: true});
  });

  /** The region that the world's DNS sends this machine to. */
  const home = () => running.regions[0]!;

  /** What its model host has cancelled and finished since. */
  function since(before: Stats) {
    const {cancelled, finished} = home().model.stats();
    return {cancelled: cancelled - before.cancelled, finished: finished - before.finished};
  }

  /** Opens Ada's editor, unless told otherwise. */
  const open = (name: string, options: Partial<RealEditorOptions> = {}) =>
    startRealEditor({
      program: program!,
      folder: join(folder, name),
      world: running,
      credential: running.people[0]!.credential,
      ...options,
    });

  describe("before a sign-in", {concurrency: true}, () => {
    test("a credential that nobody has is told so, and asks for nothing", async (t) => {
      const editor = await open("stranger", {credential: "gho_nobody"});
      t.after(editor.close);
      await until(async () => (await editor.status()) === "NotSignedIn");
      editor.open("/work/sum.ts", BEGUN);
      await assert.rejects(editor.complete(), /401/);
      assert.deepEqual(editor.requests, []);
    });

    test("a service whose certificate nobody vouches for is not spoken with", async (t) => {
      const editor = await open("distrust", {env: {NODE_EXTRA_CA_CERTS: ""}});
      t.after(editor.close);
      await assert.rejects(editor.status(), /unable to verify the first certificate/);
    });
  });

  for (const [way, {chatLib, model}] of Object.entries(ways))
    describe(way, () => {
      let editor: RealEditor;
      let writer: Writer;

      before(async () => {
        editor = await open(way, {chatLib});
        await until(async () => (await editor.status()) === "OK");
        editor.open("/work/sum.ts", BEGUN);
        writer = createWriter(editor, words);
      });
      after(() => editor?.close());
      // A test that fails in the middle of an answer must not fail the next.
      afterEach(() => {
        words.release();
        for (const {model} of running.regions) model.restore();
      });

      /** Checks what is shown at the next key. */
      async function shows(wanted: readonly string[]) {
        const texts = await writer.complete();
        assert.deepEqual(texts, wanted, `shown: ${texts}\n${editor.said.log.slice(-3).join("\n")}`);
      }

      /** Envoy's threads may hear that a proxy is back a second later than its admin page says so. */
      async function bothInUse() {
        await until(async () => (await seenByEdge(home())).every(({well}) => well));
        const before = await seenByEdge(home());
        await until(async () => {
          await writer.complete();
          const now = await seenByEdge(home());
          return now.every(({asked}, index) => asked > before[index]!.asked);
        });
      }

      test(`what is typed is completed by the model host's words, asked of ${model}`, async () => {
        // Until the list of models has come, it asks for its default in either way.
        await until(async () => {
          await shows(WHOLE);
          return editor.requests.at(-1)!.model === model;
        });
        assert.ok(editor.requests.every(({status}) => status === 200));
        assert.match(words.prompts.at(-1)!.split(BEGUN).at(-1)!, /^q\w*$/);
      });

      test("a completion asked for by hand and left is a reset at the model host", async () => {
        const left = new AbortController();
        const {texts, request} = await writer.begin({byHand: true, left: left.signal});
        const before = home().model.stats();
        left.abort();
        await assert.rejects(texts, {code: CANCELLED});
        await home().model.cancelled(request.id, CANCEL_LIMIT_MS);
        assert.deepEqual(since(before), {cancelled: 1, finished: 0});
        assert.equal(home().model.stats().lastCancel?.code, constants.NGHTTP2_CANCEL);
        words.release();
        await shows(WHOLE);
      });

      test("one that came by typing is not, and runs to its end unseen", async () => {
        const left = new AbortController();
        const {texts} = await writer.begin({left: left.signal});
        const before = home().model.stats();
        left.abort();
        // Messages are read in order, so once this one is answered the cancel has been read.
        await editor.status();
        words.release();
        await assert.rejects(texts, {code: CANCELLED});
        await until(() => since(before).finished === 1);
        assert.deepEqual(since(before), {cancelled: 0, finished: 1});
      });

      test("an answer that the model host breaks off is not shown", async () => {
        const {texts} = await writer.begin();
        home().model.lose();
        assert.deepEqual(await texts, NOTHING);
        home().model.restore();
        words.release();
        await shows(WHOLE);
      });

      test("proxies that are replaced finish the answer under way", async () => {
        const {texts} = await writer.begin();
        const replaced = Promise.all(proxies(home()).map((proxy) => proxy.replace()));
        // The proxy that has nothing to finish is back first; the other has sent GOAWAY, and waits.
        await until(() => proxies(home()).some(({ready}) => ready));
        words.release();
        assert.deepEqual(await texts, WHOLE);
        await replaced;
        await writer.untilShown();
      });

      test("a proxy killed between requests is not noticed", async () => {
        await bothInUse();
        const [proxy] = proxies(home());
        proxy!.kill();
        await until(() => !proxy!.ready);
        for (let key = 0; key < 3; key++) await shows(WHOLE);
        await until(() => proxy!.ready);
      });

      test("proxies killed in the midst of an answer: it is not shown, the next ones are", async () => {
        const {texts} = await writer.begin();
        for (const proxy of proxies(home())) proxy.kill();
        assert.deepEqual(await texts, NOTHING);
        words.release();
        await writer.untilShown();
      });

      test("a next edit is made by the model that chats, and shown", async () => {
        // At first sight of a file it proposes nothing: it has seen no edit yet.
        assert.deepEqual(await editor.nextEdits(), NOTHING);
        editor.type("s");
        assert.deepEqual(await editor.nextEdits(), [widened(editor.text)]);
        await shows(WHOLE);
      });

      test("a next edit that is left is a reset at the model host", async () => {
        const left = new AbortController();
        const {length} = words.chats;
        const before = home().model.stats();
        words.hold();
        editor.type("s");
        const edits = editor.nextEdits(left.signal);
        await until(() => words.chats.length > length);
        left.abort();
        assert.deepEqual(await edits, NOTHING);
        await until(() => since(before).cancelled === 1);
        assert.deepEqual(since(before), {cancelled: 1, finished: 0});
        assert.equal(home().model.stats().lastCancel?.code, constants.NGHTTP2_CANCEL);
        words.release();
        await shows(WHOLE);
      });

      test("no room anywhere: a warning, then silence", async () => {
        for (const {model} of running.regions) model.busy(1);
        await shows(NOTHING);
        const asked = editor.requests.length;
        assert.equal(editor.requests.at(-1)!.status, 429);
        assert.match(editor.said.statuses.at(-1)!.message ?? "", /No deployment has room/);
        for (const {model} of running.regions) model.restore();
        await shows(NOTHING);
        assert.equal(editor.requests.length, asked);
        // By chat-lib it keeps silent for ten seconds, whatever it is told.
        if (!chatLib) await writer.untilShown();
      });

      test("nothing that it needs is answered 404", () => {
        const missing = editor.said.log.filter((line) => /(: |with )404 |notFound/.test(line));
        assert.deepEqual(missing, NOTHING);
      });

      test("nothing but the model host's words was ever shown, and nothing popped up", () => {
        assert.deepEqual(new Set(writer.shown), new Set(WHOLE));
        assert.deepEqual(editor.said.messages, []);
      });
    });
});

const proxies = ({cluster}: RunningRegion) =>
  cluster.pods.filter(({spec}) => spec.workload === "proxy");

/** For each proxy, whether the edge has heard a good vote from it, and how many requests it has sent it. */
async function seenByEdge({cluster}: RunningRegion): Promise<{well: boolean; asked: number}[]> {
  const {address, ready} = cluster.pods.find(({spec}) => spec.workload === "edge")!.spec;
  const page = await (await fetch(`http://${address}:${ready.port}/clusters`)).text();
  const column = (name: string) =>
    [...page.matchAll(new RegExp(`^proxy::[\\d.:]+::${name}::(.*)$`, "gm"))].map(
      ([, text]) => text,
    );
  const asked = column("rq_total");
  return column("health_flags").map((flags, index) => ({
    well: flags === "healthy",
    asked: Number(asked[index]),
  }));
}
