import assert from "node:assert/strict";
import {connect} from "node:http2";
import {describe, type TestContext, test} from "node:test";
import {pino} from "pino";
import {DEFAULT_MODEL} from "../../editor/choice.ts";
import {createEditor, type Editor, type EditorOptions} from "../../editor/editor.ts";
import type {Sight} from "../../editor/reaction.ts";
import {TOKEN, wireOf} from "../../editor/wire.ts";
import {modelList} from "../../proxy/admit/models.ts";
import {Refusal} from "../../proxy/issuer/refusal.ts";
import {serveIssuer} from "../../proxy/issuer/server.ts";
import {readSigningKey} from "../../proxy/issuer/signing.ts";
import type {PolicyInput} from "../../proxy/policy.ts";
import {
  answerEvents,
  DONE,
  event,
  MODEL,
  type Script,
  startHost,
  startRig,
} from "../../proxy/rig.ts";
import {until} from "../../setup/until.ts";
import {HOSTNAME, notRun, startEdge} from "./edge.rig.ts";

interface Fault {
  /** What each model host does with a request. */
  readonly hosts?: readonly Script[];
  readonly rules?: Partial<PolicyInput>;
  readonly credential?: string;
  /** Lifetimes of the tokens in the order of their issue; the last is that of all later ones too. */
  readonly lifetimesS?: readonly number[];
  /** What the user sees of each request in turn, 3 s apart. */
  readonly sees: readonly Sight[];
  readonly exchanges?: number;
}

const whole: Script = ({stream}) => {
  answerEvents(stream);
  stream.write(event("return"));
  stream.end(event(" a") + DONE);
};

const cutShort: Script = ({stream}) => {
  answerEvents(stream);
  stream.write(event("return"));
  setImmediate(() => stream.destroy(new Error("cut")));
};

const endsEarly: Script = ({stream}) => {
  answerEvents(stream);
  stream.end(event("return"));
};

const ticket: Script = ({stream}) => {
  stream.respond({":status": 200});
  stream.end('{"token": "t", "refresh_in": 900}');
};

const list =
  (data: readonly object[]): Script =>
  ({stream}) => {
    stream.respond({":status": 200});
    stream.end(JSON.stringify({data}));
  };

const usable = modelList([MODEL]).data;
const unusable = usable.map(({model_picker_enabled, ...entry}) => entry);

const says =
  (status: number, headers = {}): Script =>
  ({stream}) =>
    stream.respond({":status": status, ...headers}, {endStream: true});

const refuses = (status?: number): Partial<PolicyInput> => ({
  clients: [{name: "old", editor: "meridian", below: "9.0.0", text: "Update it.", status}],
});

const text: Sight = {sees: "text", text: "return a"};
const nothing: Sight = {sees: "nothing"};
const silence: Sight = {sees: "silence"};

const faults: Record<string, Fault> = {
  "nothing at all": {sees: [text, text], exchanges: 1},
  "an answer cut short": {hosts: [cutShort], sees: [nothing, nothing]},
  "an answer that ends before its end": {hosts: [endsEarly], sees: [nothing]},
  "a host that fails": {hosts: [says(500)], sees: [nothing, nothing]},
  "a host that refuses the request": {hosts: [says(400)], sees: [nothing]},
  "a busy deployment while another has room": {
    hosts: [says(429, {"retry-after": "60"}), whole],
    sees: [text, text],
  },
  "no deployment with room": {
    hosts: [says(429, {"retry-after": "5"})],
    sees: [nothing, silence],
  },
  "an editor too old": {
    rules: refuses(),
    sees: [
      {sees: "prompt", text: "Update it."},
      {sees: "prompt", text: "Update it."},
    ],
  },
  "a quota used up": {rules: refuses(402), sees: [{sees: "limit"}, silence], exchanges: 1},
  "an editor that may not": {rules: refuses(403), sees: [nothing, nothing], exchanges: 2},
  "a revoked user": {
    rules: {revoked: {tokens: [], users: ["github:1"], keys: []}},
    sees: [nothing, nothing],
    exchanges: 2,
  },
  "an expired token": {lifetimesS: [-60, 600], sees: [nothing, text], exchanges: 2},
  "a credential nobody has": {
    credential: "gho_nobody",
    sees: [{sees: "signed out"}, {sees: "signed out"}],
    exchanges: 0,
  },
  "an identity provider that is lost": {
    credential: "gho_outage",
    sees: [nothing, nothing],
    exchanges: 0,
  },
};

describe("an editor at the edge, before every fault", {skip: notRun}, () => {
  for (const [name, fault] of Object.entries(faults))
    for (const stack of [1, 2] as const)
      test(`${name}, stack ${stack}`, async (t) => {
        const {editor, pass} = await start(t, fault, stack);
        const seen: Sight[] = [];
        for (const _ of fault.sees) {
          seen.push(await see(editor));
          pass(3000);
        }
        assert.deepEqual(seen, fault.sees);
        if (fault.exchanges !== undefined) assert.equal(editor.exchanges, fault.exchanges);
        assert.deepEqual([editor.stack, editor.connections.opened], [stack, 1]);
      });

  test("silence after a 429 ends when its time is over", async (t) => {
    const {editor, pass} = await start(t, {hosts: [says(429, {"retry-after": "5"})], sees: []}, 1);
    const seen: Sight[] = [];
    for (const passedMs of [0, 4000, 2000]) {
      pass(passedMs);
      seen.push(await see(editor));
    }
    assert.deepEqual(seen, [nothing, silence, nothing]);
  });

  for (const [stack, connections] of [
    [1, 4],
    [2, 1],
  ] as const)
    test(`overlapping requests and a cancel, stack ${stack}: ${connections} connections`, async (t) => {
      const codes: Promise<number>[] = [];
      const {editor} = await start(
        t,
        {
          hosts: [
            (seen) => {
              answerEvents(seen.stream);
              seen.stream.write(event("return"));
              codes.push(seen.closed);
            },
          ],
          sees: [],
        },
        stack,
      );
      await editor.typeOn("let x");
      await Promise.all([1, 2, 3, 4].map(() => editor.typeOn("let x")));
      assert.deepEqual(await Promise.all(codes), [8, 8, 8, 8, 8]);
      assert.equal(editor.connections.opened, connections);
    });

  for (const [stack, sees, then] of [
    [1, text, 2],
    [2, nothing, 2],
  ] as const)
    test(`a refused stream, stack ${stack}: sees ${sees.sees}, goes on with stack ${then}`, async (t) => {
      let refused = false;
      const service = await startHost(t, (seen) => {
        if (seen.headers[":path"] === TOKEN) return ticket(seen);
        if (seen.headers[":path"] === "/models") return list(usable)(seen);
        if (refused) return whole(seen);
        refused = true;
        seen.stream.close(7);
      });
      const editor = editorAt(t, {open: () => wireOf(connect(service.url)), stack});
      assert.deepEqual(await see(editor), sees);
      assert.deepEqual([editor.stack, await see(editor)], [then, text]);
    });

  const lists: Record<string, [Script, model: string]> = {
    "a list of models": [list(usable), MODEL],
    "a list that it cannot use": [list([...usable, ...unusable]), DEFAULT_MODEL],
    "no list": [says(404), DEFAULT_MODEL],
  };
  for (const [name, [models, model]] of Object.entries(lists))
    test(`${name}: asks for ${model}`, async (t) => {
      const service = await startHost(t, serviceOf(models));
      const editor = editorAt(t, {open: () => wireOf(connect(service.url))});
      assert.deepEqual(await see(editor), text);
      assert.equal(service.seen.at(-1)!.headers[":path"], `/v1/engines/${model}/completions`);
    });

  test("who follows DNS at once leaves a connection when DNS answers another address, and only then", async (t) => {
    const services = [
      await startHost(t, serviceOf(list(usable))),
      await startHost(t, serviceOf(list(usable))),
    ] as const;
    let answer: 0 | 1 = 0;
    const editor = editorAt(t, {
      open: () => {
        const to = answer;
        return wireOf(connect(services[to].url), {address: () => `${to}`});
      },
      dns: {address: async () => `${answer}`},
      stack: 2,
    });
    for (const to of [0, 0, 1, 1] as const) {
      answer = to;
      const {length} = services[to].seen;
      assert.deepEqual(await see(editor), text);
      assert.ok(services[to].seen.length > length);
      assert.deepEqual(
        [editor.connections.addresses, editor.connections.opened],
        [[`${to}`], to + 1],
      );
    }
    assert.equal(editor.exchanges, 1);
  });

  test("an edge that says goodbye: completions go on, on a new connection", async (t) => {
    const limits = {bodyBytes: 1 << 20, perSecond: 1e6, burst: 1e6, streams: 1e6};
    const {editor, edge} = await start(t, {rules: {limits}, sees: []}, 2);
    assert.deepEqual(await see(editor), text);
    const stopped = edge.preStop();
    await until(async () => {
      assert.deepEqual(await see(editor), text);
      return editor.connections.opened >= 2;
    });
    assert.equal(await stopped, 200);
  });
});

/** A service that is no proxy: gives tokens, this list of models, and whole completions. */
const serviceOf =
  (models: Script): Script =>
  (seen) => {
    const {":path": path} = seen.headers;
    return (path === TOKEN ? ticket : path === "/models" ? models : whole)(seen);
  };

/** Ada's editor. */
function editorAt(t: TestContext, options: Omit<EditorOptions, "credential">) {
  const editor = createEditor({...options, credential: "gho_ada"});
  t.after(() => editor.connections.close());
  return editor;
}

/** What the user sees of a request. */
const see = async (editor: Editor) => (await editor.request("let x")).sight;

async function start(t: TestContext, fault: Fault, stack: 1 | 2) {
  const {hosts = [whole], rules = {}, credential = "gho_ada", lifetimesS = [600]} = fault;
  const started = await Promise.all(hosts.map((script) => startHost(t, script)));
  const rig = await startRig(t, {hosts: started, rules});
  const issuer = await startIssuer(t, rig.signingKey, [...lifetimesS]);
  const at = (port: number) => ({addresses: () => ["127.0.0.1"], port});
  const edge = await startEdge(t, {
    proxies: at(Number(new URL(rig.origin).port)),
    issuers: at(issuer.address.port),
    limits: {drainS: 0.2, stopS: 1},
  });
  let nowMs = Date.now();
  const editor: Editor = createEditor({
    open: () => wireOf(edge.connect()),
    credential,
    stack,
    now: () => nowMs,
  });
  return {
    edge,
    editor,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

/** The real issuer, with an identity provider that knows one person. */
async function startIssuer(
  t: TestContext,
  key: {export(options: {format: "pem"; type: "pkcs8"}): string | Buffer},
  lifetimesS: number[],
) {
  const signingKey = await readSigningKey(String(key.export({format: "pem", type: "pkcs8"})));
  const self = `https://${HOSTNAME}`;
  const issuer = await serveIssuer({
    listen: {host: "127.0.0.1", port: 0},
    issuing: {
      issuer: self,
      audience: "meridian",
      get lifetimeS() {
        return (lifetimesS.length > 1 ? lifetimesS.shift() : lifetimesS[0])!;
      },
      exchange: {kind: "github", api: self, organizations: []},
      endpoints: {api: self, proxy: self, telemetry: self},
      models: [MODEL],
    },
    exchange: async (credential) => {
      if (credential === "gho_ada") return {id: "github:1"};
      throw new Refusal(credential === "gho_outage" ? "EXCHANGE_LOST" : "CREDENTIAL_REFUSED");
    },
    signingKey: () => signingKey,
    keySet: () => ({keys: [signingKey.jwk]}),
    log: pino({level: "silent"}),
  });
  t.after(() => issuer.close());
  return issuer;
}
