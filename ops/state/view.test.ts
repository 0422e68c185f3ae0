import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {parse} from "yaml";
import {importable, readableConfig, viewOf} from "./view.ts";

const mark = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"};
const secretOf = (value: unknown) => ({...mark, plaintext: JSON.stringify(value)});
const exported = (deployment: object, config: Parameters<typeof viewOf>[0]["config"] = {}) => ({
  state: {version: 3, deployment},
  config,
});

/** State as Pulumi has it: plain data in which secrets stand anywhere, in any shape. */
const secretText = fc.uuid().map((id) => `secret ${id}\n"quoted" ${id}`);
const plain = fc.oneof(fc.string({maxLength: 7}), fc.integer(), fc.constant(null));
const {tree} = fc.letrec((tie) => ({
  tree: fc.oneof(
    {depthSize: "small"},
    plain,
    secretText.map(secretOf),
    fc.array(secretText).map(secretOf),
    fc.dictionary(fc.constantFrom("a", "b"), secretText).map(secretOf),
    fc.array(tie("tree"), {maxLength: 4}),
    fc.dictionary(fc.constantFrom("inputs", "outputs", "urn"), tie("tree")),
  ),
}));

const secretsIn = (text: string) => text.match(/secret [\da-f-]{36}/g) ?? [];

test("no secret of a state or of a configuration is in its view, wherever it stands", () => {
  fc.assert(
    fc.property(fc.array(tree), secretText, (resources, value) => {
      const given = exported({resources}, {"meridian:key": {value, secret: true}});
      assert.ok(secretsIn(JSON.stringify(given)).length > 0);
      assert.deepEqual(secretsIn(JSON.stringify(viewOf(given, "salt"))), []);
    }),
    {seed: 17},
  );
});

test("what is not secret stays to the letter", () => {
  const resources = [{urn: "urn:a", inputs: {n: 1, t: ["x", null]}}];
  const config = {
    "azure-native:tenantId": {value: "t"},
    "meridian:key": {value: "k", secret: true},
  };
  const view = viewOf(exported({resources, secrets_providers: {type: "cloud"}}, config), "salt");
  assert.deepEqual(view.state, {version: 3, deployment: {resources}});
  assert.deepEqual(Object.keys(view.config), ["meridian:key"]);
});

test("a secret that stands in the state in plain text too stops the export, and is not told", () => {
  const text = 'a "key" of ours';
  const state = exported({resources: [{inputs: {value: secretOf(text)}, outputs: {value: text}}]});
  assert.throws(
    () => viewOf(state, "salt"),
    (error: Error) => {
      assert.match(error.message, /plain text too/);
      return !error.message.includes("of ours");
    },
  );
});

test("a view is imported with what its new stack encrypts by", () => {
  const view = viewOf(exported({resources: []}), "salt");
  const {deployment} = JSON.parse(importable(view, "v1:salt"));
  assert.deepEqual(deployment.secrets_providers, {type: "passphrase", state: {salt: "v1:salt"}});
});

test("a configuration can be read without a key: masks for secrets, and what is new is told", () => {
  const yaml = `secretsprovider: azurekeyvault://v.vault.azure.net/keys/k
encryptedkey: abc
config:
  azure-native:tenantId: t
  meridian:signingKey: {secure: v1:abc}
  meridian:nextSigningKey: {secure: v1:def}
`;
  const config = {"meridian:signingKey": {value: "key", secret: true}};
  const view = viewOf(exported({}, config), "salt");
  const {yaml: readable, unknown} = readableConfig(yaml, view);
  assert.deepEqual(parse(readable), {
    config: {
      "azure-native:tenantId": "t",
      "meridian:signingKey": view.config["meridian:signingKey"],
    },
  });
  assert.deepEqual(unknown, ["meridian:nextSigningKey"]);
});
