import assert from "node:assert/strict";
import {test} from "node:test";
import {parseWorld} from "./read.ts";
import {WorldError} from "./world-error.ts";

/** Uses every part of the file format. */
const full = `service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  home: eastus2
  ttl: 30s
  objective: {success: 99.5%, firstByte: 400ms, window: 60s}
  tokens: {lifetime: 20m, exchange: {kind: oidc, issuer: "https://id.example.com", audience: a, claim: oid, scopes: [s], groups: [g]}, keys: {lifetime: 90d, clientId: a, scopes: [s]}}
  tags: {team: x}
  existing: {zone: z, registry: r, logs: l}
models:
  codex: {model: gpt-35-turbo-instruct, version: "0914", api: chat, aliases: [gpt-41-copilot, "*"], successor: next}
  next: {model: gpt-4o, version: "1"}
  coder: {host: url, model: c}
  own: {host: gpu, model: q, template: qwen, overflow: codex, balance: load, hedge: 2%, gpu: {weights: {storage: s, container: weights, path: a/b, manifest: "sha256:0000000000000000000000000000000000000000000000000000000000000000"}, size: Standard_NC24ads_A100_v4, replicas: 1-4, spot: true, zones: [1, 2], engine: {max-model-len: 8192}}}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5, zones: [1, 3], disk: 64, tier: free, system: {nodes: 3-5, size: Standard_D4ds_v5, zones: [1, 2]}, version: "1.36", admins: [x], maintenance: {day: Monday, hour: 3}}
  proxies: 3-30
  deployments: [{model: codex, sku: Standard, capacity: 240, share: 100}]
  hosts: [{model: coder, url: "https://h.example.com/v1", protocol: h2, key: k, share: 100}]
  gpus: {own: {replicas: 2-4}}
regions:
  eastus2: {pool: us, weight: 3, state: draining, residency: EU, restore: true, subscription: s, access: [10.0.0.0/8], edge: {entrance: public, allow: [10.0.0.0/8]}, outbound: nat, edges: 3-9, issuers: 2-6, cores: 0.5, network: {space: 10.0.0.0/16}, certificate: {name: e, issuer: Self}, existing: {vault: v, registry: r, logs: l, network: {nodes: n, endpoints: e, zones: z}}}
  westeurope: {gpus: {own: {engine: {max-num-seqs: 64}}}}
routing:
  places: {africa: us}
  residency: {EU: [EU]}
  fallback: {us: westeurope}
traffic:
  mutations: [{name: m, when: {models: [codex], versions: {from: "1.0"}, share: 20}, logitBias: {"1": 1}, set: {a.b: 1}, cap: {n: 1}}]
  clients: [{name: c, editor: vscode, below: "1.60", status: 466, text: t}]
  mirrors: [{name: r, share: 1, model: codex}]
  revoked: {users: [u]}
`;

const VALUE = /(?<=[:[,] *)(?:"[^"]*"|[\w./%-]+)(?=[,\]}\n])/g;
const KEY = /(?<=[{,] *|^ *)(?:"[^"]*"|[\w.-]+)(?=:[ \n])/gm;

const values = [
  ...["soon", "-1", "1e999", "''", "{}", "[[x]]", "null", "10.0.0.0/99", "9-1", "true", "yes"],
  ...["010", "1.50", ".nan", '" x "', '"a\\nb"', "ü", "__proto__", "x".repeat(600), "1.5s"],
  '"https://u:secret@h.example.com/v1?a=secret#b"',
];
const keys = ["__proto__", "constructor", '"x y"', "1", "null", "<<"];

/** Positions in a file and what to put there instead. */
function* spoiled(places: RegExp, junk: readonly string[]) {
  for (const {0: old, index} of full.matchAll(places))
    for (const one of junk)
      yield {
        what: `${old} at ${index} becomes ${one}`,
        text: `${full.slice(0, index)}${one}${full.slice(index + old.length)}`,
      };
}

/** Line and column, a path where there is one, the fault, and its remedy. */
const FAULT = /^ {2}- [1-9]\d*:[1-9]\d* (\S.*: )?\S.*([;,] \S.*|\?|: \S.*)$/;
/** Words that only programmers use, and that must not appear in messages. */
const RAW = /undefined|\[object|Invalid|\bexpected\b|\breceived\b|secret@|=secret|x{300}/;

function assertTold(text: string, what: string): void {
  try {
    parseWorld(text);
  } catch (error) {
    assert.ok(error instanceof WorldError, `${what}: ${error}`);
    const [head, ...faults] = error.message.split("\n");
    assert.match(head!, /^regions\.yaml (is not valid:|is empty; |uses its aliases )/, what);
    assert.equal(new Set(faults).size, faults.length, error.message);
    for (const fault of faults) {
      assert.match(fault, FAULT, what);
      assert.doesNotMatch(fault, RAW, what);
    }
  }
}

test("the file is good but for its ids, so that all of it is looked at", () => {
  assert.throws(
    () => parseWorld(full),
    ({message}: Error) => {
      const faults = message.split("\n").slice(1);
      assert.ok(
        faults.every((fault) => / is not (the|an object|a subscription's) id( of|;)/.test(fault)),
        message,
      );
      return true;
    },
  );
});

test("whatever a value is, a file is good or says why not", () => {
  const all = [...spoiled(VALUE, values)];
  assert.ok(all.length >= 80 * values.length, `${all.length}`);
  for (const {text, what} of all) assertTold(text, what);
});

test("whatever a key is, a file is good or says why not", () => {
  const all = [...spoiled(KEY, keys)];
  assert.ok(all.length > 100 * keys.length, `${all.length}`);
  for (const {text, what} of all) assertTold(text, what);
});

test("wherever a file ends, it says why it is not good", () => {
  for (let length = 0; length < full.length; length += 7)
    assertTold(full.slice(0, length), `the first ${length}`);
});
