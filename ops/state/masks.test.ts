import assert from "node:assert/strict";
import {generateKeyPairSync} from "node:crypto";
import {test} from "node:test";
import {publicKeys, sealingKeyOf} from "../../infra/azure/keys.ts";
import {loginKubeconfig} from "../../infra/cluster/kubeconfig.ts";
import {clouds} from "../../regions/clouds/clouds.ts";
import {createMask, maskedSecrets} from "./masks.ts";

const pem = (type: "ed25519" | "ec") =>
  (type === "ec"
    ? generateKeyPairSync("ec", {namedCurve: "P-256"})
    : generateKeyPairSync("ed25519")
  ).privateKey.export({type: "pkcs8", format: "pem"}) as string;

const mask = createMask("salt");

test("of masked signing keys the programs make the same public keys", async () => {
  const [signingKey, nextSigningKey] = [pem("ed25519"), pem("ec")];
  const keys = {signingKey, nextSigningKey, signsSince: 1_700_000_000};
  const masked = {...keys, signingKey: mask(signingKey), nextSigningKey: mask(nextSigningKey)};
  assert.equal(await publicKeys(masked), await publicKeys(keys));
  assert.ok(!JSON.stringify(masked).includes("PRIVATE"));
});

test("a masked sealing key is taken as one", () => {
  const key = Buffer.alloc(32, 7).toString("base64");
  assert.notEqual(mask(key), key);
  assert.equal(sealingKeyOf("sealingKey", mask(key)), mask(key));
});

test("what says PRIVATE KEY and is none is masked as other text", () => {
  assert.match(mask("-----BEGIN PRIVATE KEY-----\nhello"), /^[\w+/]{43}=$/);
});

test("masks tell which secrets are alike, and with another salt nothing", () => {
  assert.equal(mask("one"), mask("one"));
  assert.notEqual(mask("one"), mask("two"));
  assert.notEqual(mask("one"), createMask("another")("one"));
});

const given = (user: object) =>
  JSON.stringify({
    kind: "Config",
    clusters: [{name: "c", cluster: {}}],
    users: [{name: "u", user}],
  });

test("a kubeconfig stays where it signs in by a program alone", () => {
  const login = loginKubeconfig(given({}), {tenantId: "tenant", cloud: clouds.public});
  assert.equal(mask(login), login);
  for (const user of [{token: "t"}, {exec: {}, "client-key-data": "k"}, {password: "p"}, {}])
    assert.notEqual(mask(given(user)), given(user));
});

const [SIGNATURE, SECRET] = [
  "4dabf18193072939515e22adb298388d",
  "1b47061264138c4ac30d75fd1eb44270",
];

test("text is masked wherever it is in a secret; numbers, and Pulumi's own marks, stay", () => {
  const asset = {[SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "t"};
  const secret = (value: unknown) => ({[SIGNATURE]: SECRET, plaintext: JSON.stringify(value)});
  assert.deepEqual(
    maskedSecrets(
      {plain: "p", list: [secret(["a", {n: 1, b: null}]), secret(asset)]},
      (text) => `<${text}>`,
    ),
    {plain: "p", list: [secret(["<a>", {n: 1, b: null}]), secret({...asset, text: "<t>"})]},
  );
});

test("a state whose secrets are encrypted is refused", () => {
  const state = {a: {[SIGNATURE]: SECRET, ciphertext: "v1:abc"}};
  assert.throws(() => maskedSecrets(state, mask), /export with --show-secrets/);
});
