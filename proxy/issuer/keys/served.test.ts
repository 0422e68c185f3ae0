import assert from "node:assert/strict";
import {describe, type TestContext, test} from "node:test";
import type {JSONWebKeySet} from "jose";
import {createVerifier} from "../../admit/token.ts";
import type {Ticket} from "../mint.ts";
import {HOSTNAME, KEYS_PATH, type Said, startIssuerRig, startProvider, TOKEN_PATH} from "../rig.ts";
import type {MadeKey} from "./personal-keys.ts";

const TERMS = {lifetimeS: 90 * 86_400, clientId: "Iv1.meridian", scopes: ["read:org"]};
const CREDENTIAL = "gho_credential-of-ada";

async function startIssuer(t: TestContext, {keys = TERMS}: {keys?: object | null} = {}) {
  const people = new Map([[CREDENTIAL, 42]]);
  const github = await startProvider(t, ({path, headers, body}): Said => {
    if (path === "/credentials/revoke") {
      for (const credential of JSON.parse(body).credentials) people.delete(credential);
      return {status: 202};
    }
    const id = people.get(headers.authorization?.slice("Bearer ".length) ?? "");
    return id === undefined ? {status: 401} : {body: {id}};
  });
  const exchange = () => ({kind: "github", api: github.url});
  const issuer = await startIssuerRig(t, {exchange, ...(keys && {keys})});
  const make = (credential: string) => issuer.get(KEYS_PATH, `Bearer ${credential}`, "POST");
  const trade = (key: string) => issuer.get(TOKEN_PATH, `Bearer ${key}`);
  return {...issuer, github, people, make, trade};
}

const codeOf = async (answer: Response) =>
  ((await answer.json()) as {error?: {code: string}}).error?.code;

describe("personal keys of GitHub's users", () => {
  test("one is made of a sign-in, and traded for a ticket that bears its id", async (t) => {
    const {make, trade, get, log} = await startIssuer(t);
    const answer = await make(CREDENTIAL);
    const made = (await answer.json()) as MadeKey;
    assert.deepEqual(
      [answer.status, answer.headers.get("cache-control"), made.id, made.user],
      [200, "no-store", answer.headers.get("x-request-id"), "github:42"],
    );
    const ticket = (await (await trade(made.key)).json()) as Ticket;
    const keys = (await (await get("/jwks")).json()) as JSONWebKeySet;
    const verifier = createVerifier({keys, issuer: HOSTNAME, audience: "meridian"});
    const {user, personalKey} = await verifier.verify(ticket.token);
    assert.deepEqual({user, personalKey}, {user: "github:42", personalKey: made.id});
    assert.ok(log.some((line) => line.includes(`"key":"${made.id}"`)));
    for (const secret of [CREDENTIAL, made.key.split(".")[3]!])
      assert.ok(!log.join().includes(secret), "no secret is logged");
  });

  test("whom GitHub let go is refused", async (t) => {
    const {make, trade, people} = await startIssuer(t);
    const {key} = (await (await make(CREDENTIAL)).json()) as MadeKey;
    people.clear();
    const answer = await trade(key);
    assert.deepEqual([answer.status, await codeOf(answer)], [401, "personal_key_refused"]);
  });

  test("none is made without a sign-in, or of one that is not good", async (t) => {
    const {make, get} = await startIssuer(t);
    const answers = [await get(KEYS_PATH, "", "POST"), await make("gho_other")];
    assert.deepEqual(
      await Promise.all(answers.map(async (answer) => [answer.status, await codeOf(answer)])),
      [
        [401, "credential_missing"],
        [401, "credential_refused"],
      ],
    );
  });

  test("its owner ends it by itself, and GitHub is asked as its REST API says", async (t) => {
    const {make, trade, get, github, log} = await startIssuer(t);
    const {key, id} = (await (await make(CREDENTIAL)).json()) as MadeKey;
    const answer = await get(KEYS_PATH, `Bearer ${key}`, "DELETE");
    assert.deepEqual([answer.status, await answer.json()], [200, {id, user: "github:42"}]);
    const asked = github.asked.at(-1)!;
    assert.deepEqual(
      [asked.method, asked.path, asked.headers.authorization, JSON.parse(asked.body)],
      ["POST", "/credentials/revoke", undefined, {credentials: [CREDENTIAL]}],
    );
    const refusal = await trade(key);
    assert.deepEqual([refusal.status, await codeOf(refusal)], [401, "personal_key_refused"]);
    assert.ok(log.some((line) => line.includes("personal key ended") && line.includes(id)));
    assert.ok(!log.join().includes(CREDENTIAL));
  });

  test("who may sign in where is told to anyone", async (t) => {
    const {get, github} = await startIssuer(t);
    const {clientId, scopes} = TERMS;
    assert.deepEqual(await (await get(`${KEYS_PATH}/login`)).json(), {
      kind: "github",
      url: github.url,
      clientId,
      scopes,
    });
  });
});

test("where none are made, none are taken, and GitHub is shown none", async (t) => {
  const other = await startIssuer(t);
  const {key} = (await (await other.make(CREDENTIAL)).json()) as MadeKey;
  const {make, trade, get, github} = await startIssuer(t, {keys: null});
  const answers = [await make(CREDENTIAL), await get(`${KEYS_PATH}/login`), await trade(key)];
  assert.deepEqual(
    await Promise.all(answers.map(async (answer) => [answer.status, await codeOf(answer)])),
    [
      [404, "path_unknown"],
      [404, "path_unknown"],
      [401, "personal_key_refused"],
    ],
  );
  assert.equal(github.asked.length, 0);
});
