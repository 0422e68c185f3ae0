import assert from "node:assert/strict";
import {generateKeyPairSync} from "node:crypto";
import {test} from "node:test";
import {publicKeys, requireSealingKey, requireSigningKey, sealingKeyOf} from "./keys.ts";

const pem = (pair: {privateKey: {export(options: object): unknown}}) =>
  pair.privateKey.export({type: "pkcs8", format: "pem"}) as string;

/** From RFC 8037, appendix A: the thumbprint is the RFC's own. */
const rfc8037 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
`;

test("the public key of an Ed25519 key, named by its thumbprint", async () => {
  assert.deepEqual(JSON.parse(await publicKeys({signingKey: rfc8037})), {
    keys: [
      {
        kty: "OKP",
        crv: "Ed25519",
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        use: "sig",
        alg: "EdDSA",
      },
    ],
  });
});

test("the key that signs says since when, the next does not", async () => {
  const next = pem(generateKeyPairSync("ed25519"));
  const keys = {signingKey: rfc8037, nextSigningKey: next, signsSince: 1_700_000_000};
  const published: {iat?: number}[] = JSON.parse(await publicKeys(keys)).keys;
  assert.deepEqual(
    published.map(({iat}) => iat),
    [1_700_000_000, undefined],
  );
});

test("a P-256 key signs with ES256", async () => {
  const key = pem(generateKeyPairSync("ec", {namedCurve: "P-256"}));
  assert.equal(JSON.parse(await publicKeys({signingKey: key})).keys[0].alg, "ES256");
});

test("the next key is published beside the one that signs", async () => {
  const [signingKey, nextSigningKey] = ["ed25519", "ed25519"].map((type) =>
    pem(generateKeyPairSync(type as "ed25519")),
  ) as [string, string];
  const idsOf = async (keys: Parameters<typeof publicKeys>[0]) =>
    JSON.parse(await publicKeys(keys)).keys.map(({kid}: {kid: string}) => kid);
  const [both, swapped] = [
    await idsOf({signingKey, nextSigningKey}),
    await idsOf({signingKey: nextSigningKey, nextSigningKey: signingKey}),
  ];
  assert.equal(both.length, 2);
  assert.deepEqual(both, swapped.toReversed());
  assert.deepEqual(await idsOf({signingKey}), both.slice(0, 1));
});

test("a next key that is none is told by its name", async () => {
  await assert.rejects(publicKeys({signingKey: rfc8037, nextSigningKey: "hello"}), {
    message: `nextSigningKey is not a private key in PEM. Make one with
  openssl genpkey -algorithm ed25519 | pulumi config set --secret nextSigningKey --stack global`,
  });
});

const refused: Record<string, [key: string, message: RegExp]> = {
  "text that is not PEM": ["hello", /signingKey is not a private key in PEM/],
  "an RSA key": [pem(generateKeyPairSync("rsa", {modulusLength: 2048})), /Ed25519 or a P-256/],
};

for (const [what, [key, message]] of Object.entries(refused))
  test(`${what} is refused, with the command that makes a key`, async () => {
    await assert.rejects(publicKeys({signingKey: key}), (error: Error) => {
      assert.match(error.message, message);
      assert.match(error.message, /openssl genpkey .* \| pulumi config set --secret signingKey/);
      return true;
    });
  });

test("a missing key is an error with the command that makes one", () => {
  assert.throws(() => requireSigningKey(undefined), {
    message: `signingKey is not set: it signs the tokens of users. Make one with
  openssl genpkey -algorithm ed25519 | pulumi config set --secret signingKey --stack global`,
  });
});

test("a sealing key is taken as openssl writes it, and told by its name with the command where it is none", () => {
  const key = Buffer.alloc(32, 7).toString("base64");
  assert.equal(sealingKeyOf("sealingKey", `${key}\n`), key);
  const command = /openssl rand -base64 32 \| pulumi config set --secret (\w+) --stack global$/;
  const faults = [
    () => requireSealingKey(undefined),
    () => sealingKeyOf("nextSealingKey", "secret"),
    () => sealingKeyOf("nextSealingKey", Buffer.alloc(31).toString("base64")),
  ];
  const told = faults.map((fault) => {
    try {
      return fault();
    } catch (error) {
      const {message} = error as Error;
      assert.ok(!message.includes("secret\n") && !message.includes("AAAA"));
      return command.exec(message)?.[1];
    }
  });
  assert.deepEqual(told, ["sealingKey", "nextSealingKey", "nextSealingKey"]);
});
