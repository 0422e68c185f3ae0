import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import type {Region} from "../../regions/world.ts";
import {runStacks} from "./stacks.ts";

const [home] = smallWorld.regions as [Region];

/** The names of the files of a region's edge, and what Envoy is told. */
async function filesOf(edge: Region["edge"]) {
  const {stacks} = await runStacks(
    {...smallWorld, regions: [{...home, edge}]},
    {stacks: ["eastus2"]},
  );
  const map = stacks[0]!.resources.find(
    ({type, name}) => type === "kubernetes:core/v1:ConfigMap" && name === "edge",
  );
  const {"envoy.json": envoy, ...files} = map!.inputs.data as Record<string, string>;
  return {files: {...files, "tls.json": ""}, envoy: envoy!};
}

test("an edge has the authorities of clients' certificates, and the revoked, as files that Envoy reads", async () => {
  const clientCertificates = {authorities: "an authority", revoked: "a list"};
  const {files, envoy} = await filesOf({...home.edge, clientCertificates});
  assert.deepEqual(files, {
    "tls.json": "",
    "authorities.pem": "an authority",
    "revoked.pem": "a list",
  });
  for (const name of Object.keys(files)) assert.ok(envoy.includes(`"config/${name}"`), name);
});

test("where nothing is revoked there is no list, and where no certificate is asked for, nothing", async () => {
  const clientCertificates = {authorities: "an authority"};
  const one = await filesOf({...home.edge, clientCertificates});
  assert.deepEqual(Object.keys(one.files), ["authorities.pem", "tls.json"]);
  assert.ok(!one.envoy.includes("revoked"));
  const none = await filesOf(home.edge);
  assert.deepEqual(Object.keys(none.files), ["tls.json"]);
  assert.ok(!none.envoy.includes("authorities"));
});
