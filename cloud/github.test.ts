import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {get} from "node:https";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, type TestContext, test} from "node:test";
import {smallWorld} from "../infra/fixture.ts";
import type {Exchange} from "../regions/world.ts";
import {createAuthority} from "./certs.ts";
import {GITHUB, startGithub, vouchedByGithub, writePeople} from "./github.ts";
import {appOf} from "./github-login.ts";

describe("the stand-in vouches for users, whoever else would", () => {
  const api = "https://api.github.com";
  const cases: Record<
    string,
    [asked: Exchange, organizations: readonly string[], changed: boolean]
  > = {
    "GitHub as it is": [{kind: "github", api, organizations: ["acme"]}, ["acme"], false],
    "an enterprise server": [
      {kind: "github", api: "https://github.example.com/api/v3", organizations: ["acme"]},
      ["acme"],
      true,
    ],
    "an OpenID provider": [
      {kind: "oidc", issuer: api, audience: "a", claim: "sub", scopes: ["s"], groups: ["g"]},
      [],
      true,
    ],
    introspection: [{kind: "introspection", url: api, clientId: "a", scopes: []}, [], true],
  };
  for (const [name, [exchange, organizations, changed]] of Object.entries(cases))
    test(name, () => {
      const service = {...smallWorld.service, tokens: {lifetimeS: 600, exchange}};
      const local = {kind: "github", api, organizations};
      const keys = appOf(organizations);
      assert.deepEqual(vouchedByGithub({...smallWorld, service}), {
        world: {
          ...smallWorld,
          service: {...service, tokens: {lifetimeS: 600, exchange: local, keys}},
        },
        changed,
      });
    });
});

test("it answers as GitHub does: who one is, where one is a member, and what is not there", async (t) => {
  const {people, ask} = await start(t);
  const {login, id, credential} = people[0]!;
  const user = {login, id};
  const paths = ["/user", "/user/memberships/orgs/acme", "/user/memberships/orgs/a/b", "/orgs"];
  assert.deepEqual(await Promise.all(paths.map((path) => ask(path, `Bearer ${credential}`))), [
    [200, user],
    [200, {state: "active", organization: {login: "acme"}, user}],
    [404, {message: "Not Found"}],
    [404, {message: "Not Found"}],
  ]);
  for (const path of paths)
    assert.deepEqual(await ask(path, "Bearer gho_nobody"), [401, {message: "Bad credentials"}]);
});

async function start(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const peopleFile = join(folder, "people.json");
  const people = writePeople(peopleFile);
  const authority = await createAuthority();
  const listen = {host: "127.0.0.1", port: 0};
  const github = await startGithub({listen, peopleFile, ...(await authority.issue([GITHUB]))});
  t.after(github.close);
  const options = {...listen, port: github.port, servername: GITHUB, ca: authority.pem};
  const ask = (path: string, authorization: string) =>
    new Promise<[number | undefined, unknown]>((resolve, reject) => {
      const request = get({...options, path, headers: {authorization}}, async (answer) => {
        const chunks = await answer.toArray();
        resolve([answer.statusCode, JSON.parse(Buffer.concat(chunks).toString())]);
      });
      request.on("error", reject);
    });
  return {people, ask};
}
