import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {until} from "../../setup/until.ts";
import {createIntrospection} from "./introspection.ts";
import {type Said, startIssuerRig, startProvider, TOKEN_PATH} from "./rig.ts";

const spec = {kind: "introspection", clientId: "meri:dian", secretFile: "secret"} as const;

test("the server is asked as RFC 7662 says, as the client that RFC 6749 encodes", async (t) => {
  const server = await startProvider(t, () => ({body: {active: true, sub: "ada", exp: 2e9}}));
  const url = `${server.url}/introspect`;
  const exchange = createIntrospection({...spec, url, scopes: []}, () => "s e/cret%");
  assert.deepEqual(await exchange("opaque+token"), {
    id: "introspection:ada",
    untilMs: 2e12,
  });
  const [{method, path, headers, body}] = server.asked as [(typeof server.asked)[number]];
  assert.deepEqual(
    [method, path, headers["content-type"], headers.authorization, body],
    [
      "POST",
      "/introspect",
      "application/x-www-form-urlencoded;charset=UTF-8",
      `Basic ${Buffer.from("meri%3Adian:s+e%2Fcret%25").toString("base64")}`,
      "token=opaque%2Btoken&token_type_hint=access_token",
    ],
  );
});

describe("what the server says of a credential", () => {
  const good = {active: true, sub: "ada", aud: ["meridian"], scope: "completions profile"};
  const cases: Record<string, [said: Said, expected: string]> = {
    "good, for one audience of several": [{body: {...good, aud: ["a", "meridian"]}}, "ada"],
    "good, for this audience alone": [{body: {...good, aud: "meridian"}}, "ada"],
    "good, by its name": [{body: {...good, sub: undefined, username: "ada.l"}}, "ada.l"],
    "not active": [{body: {active: false}}, "CREDENTIAL_REFUSED"],
    "for another audience": [{body: {...good, aud: "payroll"}}, "ACCESS_REFUSED"],
    "for nobody in particular": [{body: {...good, aud: undefined}}, "ACCESS_REFUSED"],
    "without the scope": [{body: {...good, scope: "completions-admin"}}, "SCOPE_REQUIRED"],
    "of nobody": [{body: {...good, sub: undefined}}, "USER_UNNAMED"],
    "of one who would break the log": [{body: {...good, sub: "ada\nroot"}}, "USER_UNNAMED"],
    "of one with an endless name": [{body: {...good, sub: "a".repeat(256)}}, "USER_UNNAMED"],
    "in no form": [{body: {active: "yes"}}, "EXCHANGE_LOST"],
    "that our secret is wrong": [{status: 401}, "EXCHANGE_LOST"],
    "that the quota is gone": [{status: 402}, "QUOTA_REACHED"],
    "that we ask too often": [{status: 429}, "PROVIDER_BUSY"],
  };
  for (const [name, [said, expected]] of Object.entries(cases))
    test(name, async (t) => {
      const {url} = await startProvider(t, () => said);
      const scopes = ["completions"];
      const ask = createIntrospection({...spec, url, audience: "meridian", scopes}, () => "x");
      const outcome = await ask("opaque").then(
        ({id}) => id.replace(/^introspection:/, ""),
        ({code}) => code,
      );
      assert.equal(outcome, expected);
    });
});

test("the secret is a file, read again when it changes, and in no log", async (t) => {
  const basicOf = (secret: string) => `Basic ${Buffer.from(`client:${secret}`).toString("base64")}`;
  let taken = basicOf("first-secret");
  const server = await startProvider(t, ({headers}) =>
    headers.authorization === taken ? {body: {active: true, sub: "ada"}} : {status: 401},
  );
  const {get, write, log} = await startIssuerRig(t, {
    exchange: (folder) => ({
      kind: "introspection",
      url: server.url,
      clientId: "client",
      secretFile: folder.write("secret", "first-secret\n"),
    }),
  });
  const statusOf = async (credential: string) =>
    (await get(TOKEN_PATH, `Bearer ${credential}`)).status;
  assert.equal(await statusOf("one"), 200);
  taken = basicOf("second-secret");
  assert.equal(await statusOf("two"), 503);
  write("secret", "\n");
  await until(() => log.some((line) => line.includes("secret's file is empty")));
  write("secret", "second-secret\n");
  let count = 0;
  await until(async () => (await statusOf(`credential-${count++}`)) === 200);
  assert.ok(!/first-secret|second-secret|credential-/.test(log.join()));
});
