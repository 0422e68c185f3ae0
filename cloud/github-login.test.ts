import assert from "node:assert/strict";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {type TestContext, test} from "node:test";
import {CLIENT_ID, createDeviceLogins} from "./github-login.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

async function start(t: TestContext) {
  const clock = {ms: 0};
  const logins = createDeviceLogins({
    personOf: (credential) => ({gho_ada: "ada"})[credential],
    now: () => clock.ms,
  });
  const server = createServer(async (request, response) => {
    const reply = await logins.replyTo(request);
    response.writeHead(reply?.status ?? 418).end(JSON.stringify(reply?.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const base = `${at}/login`;
  const post = async (path: string, form: Record<string, string>, credential = "") => {
    const headers = {authorization: `Bearer ${credential}`};
    const body = new URLSearchParams(form);
    const answer = await fetch(`${base}${path}`, {method: "POST", headers, body});
    return [answer.status, (await answer.json()) as Record<string, string>] as const;
  };
  const begin = async () => (await post("/device/code", {client_id: CLIENT_ID}))[1];
  const redeem = async (device_code = "", changes: Record<string, string> = {}) => {
    clock.ms += 5_000;
    const form = {client_id: CLIENT_ID, grant_type: GRANT, device_code, ...changes};
    const [status, {error, ...said}] = await post("/oauth/access_token", form);
    assert.equal(status, 200, "GitHub's errors come with a 200");
    return error ?? said;
  };
  const revoke = async (body: unknown, headers: Record<string, string> = {}) => {
    const init = {method: "POST", headers, body: JSON.stringify(body)};
    return (await fetch(`${at}/credentials/revoke`, init)).status;
  };
  return {clock, logins, post, begin, redeem, revoke};
}

test("a login is pending until a person approves it, and then good once", async (t) => {
  const {post, begin, redeem, logins} = await start(t);
  const {device_code, user_code = ""} = await begin();
  assert.match(user_code, /^[B-Z]{4}-[B-Z]{4}$/);
  assert.equal(await redeem(device_code), "authorization_pending");
  assert.equal((await post("/device", {user_code}, "gho_nobody"))[0], 401);
  assert.equal((await post("/device", {user_code}, "gho_ada"))[0], 200);
  const {access_token = ""} = (await redeem(device_code)) as Record<string, string>;
  assert.equal(logins.holderOf(access_token), "ada");
  assert.equal(await redeem(device_code), "incorrect_device_code");
});

test("it refuses what GitHub refuses, by its codes", async (t) => {
  const {clock, post, begin, redeem} = await start(t);
  const {device_code, user_code = ""} = await begin();
  assert.equal((await post("/device/code", {client_id: "other"}))[0], 404);
  assert.equal(await redeem(device_code, {client_id: "other"}), "incorrect_client_credentials");
  assert.equal(await redeem(device_code, {grant_type: "password"}), "unsupported_grant_type");
  assert.equal(await redeem("other"), "incorrect_device_code");
  assert.equal(await redeem(device_code), "authorization_pending");
  clock.ms -= 5_001;
  assert.equal(await redeem(device_code), "slow_down");
  clock.ms += 5_000;
  await post("/device", {user_code, deny: "1"}, "gho_ada");
  assert.equal(await redeem(device_code), "access_denied");
  const late = await begin();
  clock.ms += 900_000;
  assert.equal(await redeem(late.device_code), "expired_token");
  assert.equal((await post("/device", {user_code: late.user_code!}, "gho_ada"))[0], 404);
});

test("it takes back what it is shown, from nobody who is signed in", async (t) => {
  const {post, begin, redeem, revoke, logins} = await start(t);
  const {device_code, user_code = ""} = await begin();
  await post("/device", {user_code}, "gho_ada");
  const {access_token = ""} = (await redeem(device_code)) as Record<string, string>;
  const body = {credentials: [access_token]};
  assert.equal(await revoke(body, {authorization: "Bearer gho_ada"}), 403);
  for (const broken of [{}, {credentials: []}, {credentials: "x"}, "x"])
    assert.equal(await revoke(broken), 422);
  assert.equal(logins.holderOf(access_token), "ada");
  assert.equal(await revoke(body), 202);
  assert.equal(logins.holderOf(access_token), undefined);
});
