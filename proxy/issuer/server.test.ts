import assert from "node:assert/strict";
import {generateKeyPairSync} from "node:crypto";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {describe, type TestContext, test} from "node:test";
import type {JSONWebKeySet} from "jose";
import {pino} from "pino";
import {createVerifier} from "../token.ts";
import {parseIssuing} from "./config.ts";
import {createExchange} from "./exchange.ts";
import {readSigningKey, type Ticket} from "./mint.ts";
import {serveIssuer} from "./server.ts";

interface ModelList {
  data: {id: string; capabilities: {type: string}}[];
}

const HOSTNAME = "https://completions.example.com";

async function startIssuer(t: TestContext) {
  const github = createServer((request, response) => {
    const known = request.headers.authorization === "Bearer gho_good";
    if (request.headers.authorization === "Bearer gho_outage") response.writeHead(500).end();
    else response.writeHead(known ? 200 : 401).end(JSON.stringify({id: 42, login: "ada"}));
  });
  await new Promise<void>((resolve) => github.listen(0, "127.0.0.1", resolve));
  t.after(() => github.close());
  const issuing = parseIssuing(
    JSON.stringify({
      issuer: HOSTNAME,
      audience: "meridian",
      lifetimeS: 1200,
      exchange: {kind: "github", api: `http://127.0.0.1:${(github.address() as AddressInfo).port}`},
      endpoints: {api: HOSTNAME, proxy: HOSTNAME, telemetry: HOSTNAME},
      models: ["copilot-codex"],
    }),
  );
  const {privateKey} = generateKeyPairSync("ed25519");
  const signingKey = await readSigningKey(
    privateKey.export({format: "pem", type: "pkcs8"}) as string,
  );
  const issuer = await serveIssuer({
    listen: {host: "127.0.0.1", port: 0},
    issuing: () => issuing,
    exchange: createExchange(issuing.exchange),
    signingKey: () => signingKey,
    log: pino({level: "silent"}),
  });
  t.after(() => issuer.close());
  const get = (path: string, authorization = "", method = "GET") =>
    fetch(`http://127.0.0.1:${issuer.address.port}${path}`, {method, headers: {authorization}});
  return {get};
}

describe("issuer", () => {
  for (const scheme of ["Bearer", "token"]) {
    test(`trades a credential (${scheme}) for a token that a proxy takes`, async (t) => {
      const {get} = await startIssuer(t);
      const answer = await get("/copilot_internal/v2/token", `${scheme} gho_good`);
      const ticket = (await answer.json()) as Ticket;
      assert.deepEqual(
        [answer.status, ticket.refresh_in, ticket.endpoints.proxy],
        [200, 900, HOSTNAME],
      );
      const keys = (await (await get("/jwks")).json()) as JSONWebKeySet;
      assert.deepEqual(Object.keys(keys.keys[0]!).sort(), ["alg", "crv", "kid", "kty", "use", "x"]);
      const verifier = createVerifier({keys, issuer: HOSTNAME, audience: "meridian"});
      const {user, models} = await verifier.verify(ticket.token);
      assert.deepEqual({user, models}, {user: "github:42", models: ["copilot-codex"]});
    });
  }

  const refusals: Record<
    string,
    [path: string, authorization: string, method: string, status: number, code: string]
  > = {
    "no credential": ["/copilot_internal/v2/token", "", "GET", 401, "credential_missing"],
    "an unknown credential": [
      "/copilot_internal/v2/token",
      "Bearer x",
      "GET",
      401,
      "credential_refused",
    ],
    "an identity provider in trouble": [
      "/copilot_internal/v2/token",
      "Bearer gho_outage",
      "GET",
      503,
      "exchange_lost",
    ],
    "the wrong method": ["/models", "", "POST", 405, "method_wrong"],
    "an unknown path": ["/copilot_internal/user", "", "GET", 404, "path_unknown"],
    "an inherited name for a path": ["/__proto__", "", "GET", 404, "path_unknown"],
  };
  for (const [name, [path, authorization, method, status, code]] of Object.entries(refusals)) {
    test(`refuses ${name}`, async (t) => {
      const {get} = await startIssuer(t);
      const answer = await get(path, authorization, method);
      assert.deepEqual(
        [answer.status, ((await answer.json()) as {error: {code: string}}).error.code],
        [status, code],
      );
      assert.ok(answer.headers.get("x-github-request-id"));
    });
  }

  test("lists a model that editors choose for completions", async (t) => {
    const {get} = await startIssuer(t);
    const {data} = (await (await get("/models")).json()) as ModelList;
    assert.deepEqual(
      data.map(({id, capabilities}) => [id, capabilities.type]),
      [["copilot-codex", "completion"]],
    );
  });
});
