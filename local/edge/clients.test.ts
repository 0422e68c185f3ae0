import assert from "node:assert/strict";
import {before, describe, type TestContext, test} from "node:test";
import {openWire} from "../../editor/wire.ts";
import {answerEvents, ask, DONE, startHost, startRig} from "../../proxy/rig.ts";
import {until} from "../../setup/until.ts";
import {type ClientAuthority, createClientAuthority} from "./clients.rig.ts";
import {type Edge, HOSTNAME, notRun, type Shown, startEdge} from "./edge.rig.ts";

/** What a client with this certificate and this token is answered; 0 where it gets no connection. */
async function answerTo(edge: Edge, shown: Shown, headers: Record<string, string>) {
  const session = edge.connect(undefined, shown);
  const refused = new Promise<{status: number; text: string}>((resolve) => {
    session.once("close", () => resolve({status: 0, text: ""}));
  });
  const answered = ask(session, {headers}).catch(() => refused);
  const {status, text} = await Promise.race([answered, refused]);
  session.destroy();
  return {status: status || 0, text};
}

describe("an edge that asks for client certificates", {skip: notRun}, () => {
  let root: ClientAuthority;
  let authority: ClientAuthority;
  let revoked: Awaited<ReturnType<ClientAuthority["issue"]>>;
  before(async () => {
    root = await createClientAuthority();
    authority = await root.below();
    revoked = await authority.issue();
  });

  /** An edge, a proxy and a model host, all real; `list` is that of revoked certificates, if any. */
  async function startAll(t: TestContext, list?: string) {
    const host = await startHost(t, ({stream}) => {
      answerEvents(stream);
      stream.end(DONE);
    });
    const rig = await startRig(t, {hosts: [host]});
    const proxies = {addresses: () => ["127.0.0.1"], port: Number(new URL(rig.origin).port)};
    const clients = {authorities: `${authority.pem}\n${root.pem}\n`, ...(list && {revoked: list})};
    const edge = await startEdge(t, {proxies, clients});
    const token = {authorization: `Bearer ${await rig.token()}`};
    const statusOf = async (shown: Shown, headers: Record<string, string> = token) =>
      (await answerTo(edge, shown, headers)).status;
    await until(async () => (await statusOf({}, health)) === 200);
    return {edge, statusOf, token};
  }

  const health = {":path": "/healthz", ":method": "GET"};

  test("lets in whom the authority vouches for, and their token is asked for still", async (t) => {
    const {edge, statusOf, token} = await startAll(t);
    const good = await authority.issue();
    assert.equal(await statusOf(good), 200);
    assert.equal(await statusOf(good, {}), 401);
    const service = {hostname: HOSTNAME, port: edge.port, authority: edge.authority};
    const wire = openWire({...service, certificate: `${good.cert}\n${good.key}\n`}, edge.address);
    t.after(() => wire.close());
    assert.equal((await wire.models(token.authorization.slice("Bearer ".length))).status, 200);
  });

  test("gives no connection to a certificate that is not good, even for the health page", async (t) => {
    const {statusOf} = await startAll(t);
    const stranger = await createClientAuthority();
    const bad = {
      foreign: await stranger.issue(),
      expired: await authority.issue({fromDays: -30, toDays: -1}),
      early: await authority.issue({fromDays: 1}),
      "a server's": await authority.issue({use: "server"}),
    };
    for (const [name, shown] of Object.entries(bad)) {
      assert.equal(await statusOf(shown), 0, name);
      assert.equal(await statusOf(shown, health), 0, name);
    }
  });

  test("shows its health page to probes, which have none, and nothing else", async (t) => {
    const {edge, statusOf, token} = await startAll(t);
    assert.equal(await statusOf({}, health), 200);
    for (const path of [
      "/healthz/",
      "/healthz?",
      "/HEALTHZ",
      "/copilot_internal/v2/token",
      "/jwks",
      "/models",
    ])
      assert.equal(await statusOf({}, {...health, ...token, ":path": path}), 403, path);
    const {status, text} = await answerTo(edge, {}, token);
    assert.equal(status, 403);
    assert.equal(JSON.parse(text).error.code, "certificate_missing");
  });

  test("knows whom the authority has taken back, and no list of what is above it", async (t) => {
    const {statusOf} = await startAll(t, await authority.revoke([revoked]));
    assert.equal(await statusOf(revoked), 0);
    assert.equal(await statusOf(await authority.issue()), 200);
  });

  test("does not start with a list that it cannot read, so that those who run go on", async (t) => {
    const broken = (await authority.revoke([revoked])).replace(/\n.*\n/, "\nMIIB\n");
    await assert.rejects(startAll(t, broken), /Envoy ended .*Failed to load CRL/s);
  });

  test("lets nobody in once the list of the revoked is out of date", async (t) => {
    const {statusOf} = await startAll(t, await authority.revoke([], -1));
    assert.equal(await statusOf(await authority.issue()), 0);
    assert.equal(await statusOf({}, health), 200);
  });
});
