import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {inspect} from "node:util";
import fc from "fast-check";
import {CompactSign, EncryptJWT, SignJWT} from "jose";
import {createVerifier} from "../../admit/token.ts";
import {Refusal} from "../refusal.ts";
import {HOSTNAME, newKey, newSealingKey} from "../rig.ts";
import {createPersonalKeys, type MadeKey} from "./personal-keys.ts";
import {readSealingKey, type SealingKey} from "./sealing.ts";

const START = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const CREDENTIAL = "gho_credential-of-ada";

const keyOf = () => readSealingKey(newSealingKey());

function setUp({lifetimeS = 90 * 86_400, user = "github:42"} = {}) {
  const clock = {ms: START};
  const sealing: [SealingKey, ...SealingKey[]] = [keyOf()];
  const asked: string[] = [];
  const takenBack: string[] = [];
  const provider: {user: string; refuses?: Refusal["code"]} = {user};
  const keys = createPersonalKeys({
    issuer: HOSTNAME,
    audience: "meridian/keys",
    lifetimeS,
    sealingKeys: () => sealing,
    vouch: async (credential) => {
      asked.push(credential);
      if (provider.refuses) throw new Refusal(provider.refuses);
      if (credential !== CREDENTIAL) throw new Refusal("CREDENTIAL_REFUSED");
      return {id: provider.user};
    },
    takeBack: async (credential) => {
      takenBack.push(credential);
    },
    now: () => clock.ms,
  });
  return {clock, sealing, asked, takenBack, provider, keys};
}

type Rig = ReturnType<typeof setUp>;
const refused = {code: "PERSONAL_KEY_REFUSED", status: 401};

test("a key is traded for its user, by its credential, with the key's id", async () => {
  const {keys, asked} = setUp();
  const {key, ...made} = await keys.make(CREDENTIAL, "k1");
  assert.deepEqual(made, {id: "k1", user: "github:42", expires_at: START / 1000 + 90 * 86_400});
  assert.match(key, /^meridian_[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
  const untilMs = START + 90 * DAY_MS;
  assert.deepEqual(await keys.trade(key), {id: "github:42", key: "k1", untilMs});
  assert.deepEqual(asked, [CREDENTIAL, CREDENTIAL, CREDENTIAL]);
});

test("who finds a key can read its id in it, and nothing else", async () => {
  const {keys, sealing} = setUp();
  const {key} = await keys.make(CREDENTIAL, "k1");
  const [head = "", ...rest] = key.slice("meridian_".length).split(".");
  assert.deepEqual(JSON.parse(Buffer.from(head, "base64url").toString()), {
    alg: "dir",
    enc: "A256GCM",
    kid: sealing[0].id,
    typ: "key+jwt",
    jti: "k1",
  });
  const opened = rest.map((part) => Buffer.from(part, "base64url").toString("latin1")).join();
  for (const text of ["ada", "gho_", "github"]) assert.ok(!opened.includes(text), text);
});

describe("the provider has the last word", () => {
  test("a user that it let go", async () => {
    const {keys, provider} = setUp();
    const {key} = await keys.make(CREDENTIAL, "k1");
    provider.refuses = "CREDENTIAL_REFUSED";
    await assert.rejects(keys.trade(key), refused);
  });
  test("a credential that is another user's now", async () => {
    const {keys, provider} = setUp();
    const {key} = await keys.make(CREDENTIAL, "k1");
    provider.user = "github:43";
    await assert.rejects(keys.trade(key), refused);
  });
  test("no key is made where it does not vouch", async () => {
    const {keys} = setUp();
    await assert.rejects(keys.make("gho_other", "k1"), {code: "CREDENTIAL_REFUSED"});
  });
});

test("no key is made of a credential that is taken once", async () => {
  const taken = new Set<string>();
  const keys = createPersonalKeys({
    issuer: HOSTNAME,
    audience: "meridian/keys",
    lifetimeS: 86_400,
    sealingKeys: () => [keyOf()],
    vouch: async (credential) => {
      if (taken.has(credential)) throw new Refusal("CREDENTIAL_REFUSED");
      taken.add(credential);
      return {id: "oidc:ada"};
    },
    takeBack: async () => {},
  });
  await assert.rejects(keys.make("rt", "k1"), {code: "CREDENTIAL_ONCE", status: 403});
});

test("no key is made of a key, nor one that is too long to be sent", async () => {
  const {keys, asked} = setUp();
  const {key} = await keys.make(CREDENTIAL, "k1");
  const before = asked.length;
  await assert.rejects(keys.make(key, "k2"), {code: "CREDENTIAL_REFUSED"});
  assert.equal(asked.length, before);
  const long = createPersonalKeys({
    issuer: HOSTNAME,
    audience: "meridian/keys",
    lifetimeS: 86_400,
    sealingKeys: () => [keyOf()],
    vouch: async () => ({id: "oidc:ada"}),
    takeBack: async () => {},
  });
  await assert.rejects(long.make("x".repeat(8000), "k3"), {code: "CREDENTIAL_LARGE"});
  assert.ok((await long.make("x".repeat(5000), "k4")).key.length <= 8192);
});

test("a user who has made too many keys makes no more, and goes on with those", async () => {
  const {keys} = setUp();
  const made = await Promise.all(
    Array.from({length: 10}, (_, number) => keys.make(CREDENTIAL, `k${number}`)),
  );
  await assert.rejects(keys.make(CREDENTIAL, "k10"), {code: "KEYS_MANY", status: 429});
  for (const {key, id} of made) assert.equal((await keys.trade(key)).key, id);
});

describe("a key that is ended", () => {
  test("has its credential taken back, once, however often it is asked for", async () => {
    const {keys, takenBack} = setUp();
    const {key} = await keys.make(CREDENTIAL, "k1");
    for (let count = 0; count < 3; count++)
      assert.deepEqual(await keys.end(key), {id: "k1", user: "github:42"});
    assert.deepEqual(takenBack, [CREDENTIAL]);
  });
  test("is one of ours, and nothing else is taken back", async () => {
    const {keys, takenBack} = setUp();
    const {key} = await keys.make(CREDENTIAL, "k1");
    for (const other of [CREDENTIAL, key.slice("meridian_".length), key.slice(0, -9)])
      await assert.rejects(keys.end(other), refused);
    assert.deepEqual(takenBack, []);
  });
  test("may have expired: what it holds may have no end", async () => {
    const {keys, takenBack, clock} = setUp();
    const {key} = await keys.make(CREDENTIAL, "k1");
    clock.ms += 90 * DAY_MS;
    await assert.rejects(keys.trade(key), {code: "PERSONAL_KEY_EXPIRED"});
    assert.deepEqual(await keys.end(key), {id: "k1", user: "github:42"});
    assert.deepEqual(takenBack, [CREDENTIAL]);
  });
  test("holds a sign-in that is gone already: nothing is left to take back", async () => {
    const {keys, takenBack, provider} = setUp();
    const {key} = await keys.make(CREDENTIAL, "k1");
    provider.refuses = "CREDENTIAL_REFUSED";
    assert.deepEqual(await keys.end(key), {id: "k1", user: "github:42"});
    assert.deepEqual(takenBack, []);
  });
  for (const code of ["EXCHANGE_LOST", "ORGANIZATION_REQUIRED"] as const)
    test(`holds one that may not be gone, by ${code}: it is taken back`, async () => {
      const {keys, takenBack, provider} = setUp();
      const {key} = await keys.make(CREDENTIAL, "k1");
      provider.refuses = code;
      await keys.end(key);
      assert.deepEqual(takenBack, [CREDENTIAL]);
    });
});

describe("the sealing key changes", () => {
  test("what the old one sealed is opened for as long as it is known", async () => {
    const {keys, sealing} = setUp();
    const {key} = await keys.make(CREDENTIAL, "k1");
    const old = sealing[0];
    sealing.splice(0, 1, keyOf(), old);
    assert.equal((await keys.trade(key)).key, "k1");
    const {key: later} = await keys.make(CREDENTIAL, "k2");
    sealing.pop();
    await assert.rejects(keys.trade(key), refused);
    assert.equal((await keys.trade(later)).key, "k2");
  });
});

test("a key is good for its lifetime, to the second, and its user is never kept for longer", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 86_400, max: 365 * 86_400}),
      fc.integer({min: -2_000, max: 2_000}),
      fc.integer({min: 0, max: 999}),
      async (lifetimeS, offEndS, ms) => {
        const {keys, clock} = setUp({lifetimeS});
        clock.ms = START + ms;
        const {key, expires_at} = await keys.make(CREDENTIAL, "k1");
        assert.equal(expires_at, START / 1000 + lifetimeS);
        clock.ms = (expires_at + offEndS) * 1000 + ms;
        const traded = keys.trade(key);
        if (offEndS < 0) assert.equal((await traded).untilMs, expires_at * 1000);
        else await assert.rejects(traded, {code: "PERSONAL_KEY_EXPIRED", status: 401});
      },
    ),
    {numRuns: 60},
  );
});

test("a key in which one character was changed is refused, and its credential not shown", async () => {
  const {keys, asked} = setUp();
  const {key} = await keys.make(CREDENTIAL, "k1");
  const before = asked.length;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: "meridian_".length, max: key.length - 1}),
      fc.constantFrom(..."AZaz09-_.="),
      async (at, character) => {
        const changed = key.slice(0, at) + character + key.slice(at + 1);
        fc.pre(changed !== key);
        await assert.rejects(keys.trade(changed), refused);
      },
    ),
  );
  assert.equal(asked.length, before);
});

test("a key has one spelling: no bit that is not read, and nothing put behind a part, is let through", async () => {
  const {keys, asked} = setUp();
  const {key} = await keys.make(CREDENTIAL, "k1");
  const before = asked.length;
  const parts = key.slice("meridian_".length).split(".");
  const others = parts.flatMap((part, at) =>
    [part.slice(0, -1), part]
      .flatMap((start) => [...ALPHABET, "=", "=="].map((end) => start + end))
      .filter((other) => other !== part && hex(other) === hex(part))
      .map((other) => `meridian_${parts.with(at, other).join(".")}`),
  );
  assert.ok(others.length > 0);
  for (const other of others) {
    await assert.rejects(keys.trade(other), refused);
    await assert.rejects(keys.end(other), refused);
  }
  assert.equal(asked.length, before);
});

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const hex = (part: string) => Buffer.from(part, "base64url").toString("hex");

const claims = {sub: "github:42", jti: "k1", credential: CREDENTIAL};
const header = {alg: "dir", enc: "A256GCM", typ: "key+jwt"};

function seal(
  secret: Uint8Array,
  {issuer = HOSTNAME, audience = "meridian/keys", endsS = START / 1000 + 60, ...changes} = {} as {
    issuer?: string;
    audience?: string;
    endsS?: number;
    header?: object;
    claims?: object;
  },
): Promise<string> {
  return new EncryptJWT({...claims, ...changes.claims})
    .setProtectedHeader({...header, ...changes.header})
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(endsS)
    .encrypt(secret);
}

const signing = newKey();
const ticketOf = (typ = "JWT", audience = "meridian") =>
  new SignJWT({...claims, models: ["codex"]})
    .setProtectedHeader({alg: signing.alg, kid: signing.jwk.kid, typ})
    .setIssuer(HOSTNAME)
    .setAudience(audience)
    .setExpirationTime(START / 1000 + 600)
    .sign(signing.key);

/** Each is what somebody may hold who has one kind of secret and wants another. */
const forged: Record<string, (rig: Rig) => Promise<string> | string> = {
  "another sealing key under the name of ours": ({sealing}) =>
    seal(keyOf().secret, {header: {kid: sealing[0].id}}),
  "no name of its sealing key": ({sealing}) => seal(sealing[0].secret),
  "a sealing key that nobody knows": () => {
    const {id, secret} = keyOf();
    return seal(secret, {header: {kid: id}});
  },
  "another service": ({sealing: [{id, secret}]}) =>
    seal(secret, {header: {kid: id}, issuer: "https://example.com"}),
  "another purpose, by its audience": ({sealing: [{id, secret}]}) =>
    seal(secret, {header: {kid: id}, audience: "meridian"}),
  "another purpose, by its type": ({sealing: [{id, secret}]}) =>
    seal(secret, {header: {kid: id, typ: "JWT"}}),
  "another cipher": ({sealing: [{id, secret}]}) =>
    seal(secret, {header: {kid: id, enc: "A128CBC-HS256"}}),
  "a key that is wrapped": ({sealing: [{id, secret}]}) =>
    seal(secret, {header: {kid: id, alg: "A256KW"}}),
  "no end": ({sealing: [{id, secret}]}) =>
    new EncryptJWT(claims)
      .setProtectedHeader({...header, kid: id})
      .setIssuer(HOSTNAME)
      .setAudience("meridian/keys")
      .encrypt(secret),
  "no credential": ({sealing: [{id, secret}]}) =>
    seal(secret, {header: {kid: id}, claims: {credential: undefined}}),
  "another user's credential": ({sealing: [{id, secret}]}) =>
    seal(secret, {header: {kid: id}, claims: {sub: "github:43"}}),
  "a ticket": () => ticketOf(),
  "a ticket of a key's type and audience": () => ticketOf("key+jwt", "meridian/keys"),
  "a signature of the sealing key": ({sealing: [{id, secret}]}) =>
    new CompactSign(Buffer.from(JSON.stringify({...claims, iss: HOSTNAME, aud: "meridian/keys"})))
      .setProtectedHeader({alg: "HS256", kid: id, typ: "key+jwt"})
      .sign(secret),
  "no seal, by its own word": () =>
    `${Buffer.from('{"alg":"none","typ":"key+jwt"}').toString("base64url")}..AAAA.AAAA.AAAA`,
  nothing: () => "",
};

describe("no key", () => {
  for (const [what, forge] of Object.entries(forged))
    test(what, async () => {
      const rig = setUp();
      await assert.rejects(rig.keys.trade(`meridian_${await forge(rig)}`), refused);
    });
});

describe("a refusal, which is kept for a while, holds nothing of what was opened", () => {
  const opened: Record<string, (rig: Rig) => Promise<string> | string> = {
    "of an expired key": ({sealing: [{id, secret}]}) =>
      seal(secret, {header: {kid: id}, endsS: START / 1000 - 60}),
    ...forged,
  };
  for (const [what, forge] of Object.entries(opened))
    test(what, async () => {
      const rig = setUp();
      const refusal = await rig.keys.trade(`meridian_${await forge(rig)}`).catch((cause) => cause);
      assert.ok(refusal instanceof Refusal);
      assert.equal(refusal.cause, undefined);
      const held = inspect(refusal, {depth: Number.POSITIVE_INFINITY, showHidden: true});
      assert.ok(!held.includes(CREDENTIAL), held);
    });
});

test("what the sweep forges is taken where nothing is wrong with it", async () => {
  const {keys, sealing} = setUp();
  const [{id, secret}] = sealing;
  const key = `meridian_${await seal(secret, {header: {kid: id}})}`;
  assert.equal((await keys.trade(key)).key, "k1");
});

describe("no ticket", () => {
  const forms: Record<string, (made: MadeKey) => string> = {
    "a key": ({key}) => key,
    "a key without its prefix": ({key}) => key.slice("meridian_".length),
    "three parts of a key": ({key}) => key.split(".").slice(2).join("."),
    "a key under a ticket's head": ({key}) => {
      const head = {alg: signing.alg, kid: signing.jwk.kid};
      const [, ...rest] = key.split(".");
      return [Buffer.from(JSON.stringify(head)).toString("base64url"), ...rest].join(".");
    },
  };
  for (const [what, form] of Object.entries(forms))
    test(what, async () => {
      const made = await setUp().keys.make(CREDENTIAL, "k1");
      const verifier = createVerifier({
        keys: {keys: [signing.jwk]},
        issuer: HOSTNAME,
        audience: "meridian",
        now: () => START,
      });
      const text = form(made);
      assert.equal(verifier.isOurs(text), false, "it is traded, not read as a ticket");
      await assert.rejects(async () => verifier.verify(text), {code: "TOKEN_INVALID"});
    });
});
