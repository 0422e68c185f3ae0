import assert from "node:assert/strict";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import tls from "node:tls";
import {answerEvents, ask, DONE, event, startHost, startRig} from "../proxy/rig.ts";
import {until} from "../setup/until.ts";
import {createAuthority} from "./certs.ts";
import {startEntra} from "./entra.ts";

const TENANT = "11111111-2222-3333-4444-555555555555";
const CLIENT = "66666666-7777-8888-9999-000000000000";

/** Entra, a pod's environment as AKS sets it, and a proxy whose model host wants a token. */
async function setUp(t: TestContext, assertion: string, audience?: string) {
  const authority = await createAuthority();
  const {certificate, key} = await authority.issue(["127.0.0.1"]);
  const entra = await startEntra({
    listen: {host: "127.0.0.1", port: 0},
    certificate,
    key,
    tenant: TENANT,
    workloads: [{clientId: CLIENT, assertion: "the-pod's", accessToken: "entra-token"}],
    audiences: ["https://cognitiveservices.azure.com"],
  });
  t.after(entra.close);
  tls.setDefaultCACertificates([authority.pem]);
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  writeFileSync(join(folder, "assertion"), assertion);
  Object.assign(process.env, {
    AZURE_AUTHORITY_HOST: entra.url,
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: CLIENT,
    AZURE_FEDERATED_TOKEN_FILE: join(folder, "assertion"),
  });
  const host = await startHost(t, ({stream}) => {
    answerEvents(stream);
    stream.end(event("x") + DONE);
  });
  const upstream = {url: host.url, api: "azure", apiVersion: "2024-10-21"} as const;
  const credential = {kind: "entra", ...(audience && {audience})} as const;
  const rules = {upstreams: {"host-0": {...upstream, credential}}};
  const rig = await startRig(t, {hosts: [host], rules});
  const headers = {authorization: `Bearer ${await rig.token()}`};
  return {host, rig, ask: () => ask(rig.client, {headers})};
}

test("a proxy opens its model host as the pod's workload identity", async (t) => {
  const {host, ask} = await setUp(t, "the-pod's");
  await until(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return (await ask()).status === 200;
  });
  const {authorization, "api-key": key} = host.seen[0]!.headers;
  assert.deepEqual([authorization, key], ["Bearer entra-token", undefined]);
});

test("a token for another cloud's hosts is not to be had, and the log says so", async (t) => {
  const {host, rig} = await setUp(t, "the-pod's", "https://cognitiveservices.azure.us");
  await until(() =>
    rig.log.some((line) => /AADSTS500011.*https:\/\/cognitiveservices\.azure\.us/.test(line)),
  );
  assert.equal(host.seen.length, 0);
});

test("an identity that Entra does not know opens nothing, and the log says why", async (t) => {
  const {host, rig, ask} = await setUp(t, "another's");
  await until(() => rig.log.some((line) => line.includes("AADSTS700213")));
  assert.equal((await ask()).status, 502);
  const vote = await fetch(`${rig.admin}/healthz`);
  assert.equal(vote.status, 500, "a proxy that can ask nobody is out");
  assert.equal(host.seen.length, 0);
  assert.ok(!rig.log.join().includes("another's"), "an assertion is a secret");
});
