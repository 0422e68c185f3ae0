import assert from "node:assert/strict";
import {before, test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import type {Resource} from "../resource.ts";
import {runStacks} from "../stacks/stacks.ts";
import {type PodSpec, podsOf, servicesOf} from "./pods.ts";

let resources: readonly Resource[];
let pods: readonly PodSpec[];
before(async () => {
  const {stacks} = await runStacks(smallWorld);
  ({resources} = stacks.find(({name}) => name === "westeurope")!);
  pods = podsOf({
    resources,
    replicas: (workload) => (workload === "proxy" ? 2 : 1),
    addressOf: (index) => `127.9.1.${index}`,
    secretOf: (name) => `the ${name}`,
    assertionOf: (serviceAccount) => `${serviceAccount}'s token`,
  });
});

test("each Deployment becomes as many pods as asked, each with an address of its own", () => {
  const shown = pods.map(
    ({name, address, ready}) => `${name} ${address} ${ready.path} ${ready.port}`,
  );
  assert.deepEqual(shown.toSorted(), [
    `edge-1 ${addressOf("edge-1")} /ready 9901`,
    `issuer-1 ${addressOf("issuer-1")} /livez 8081`,
    `proxy-1 ${addressOf("proxy-1")} /livez 9090`,
    `proxy-2 ${addressOf("proxy-2")} /livez 9090`,
  ]);
  assert.equal(new Set(pods.map(({address}) => address)).size, 4);
});

test("a pod says farewell as its template asks: by a page, by waiting, or not at all", () => {
  const farewells = ["edge-1", "issuer-1", "proxy-1"].map((name) => podOf(name).farewell);
  assert.deepEqual(farewells, [{path: "/stop", port: 9902}, {sleepMs: 10_000}, undefined]);
});

test("a pod has its template's command, environment, files and secrets, at its own address", () => {
  const {command, env, files, secrets, address, graceMs} = podOf("proxy-1");
  const identity = resources.find(
    ({type, name}) => type.endsWith(":UserAssignedIdentity") && name === "proxy",
  )!.outputs;
  assert.deepEqual(command, ["node", "--v8-pool-size=1", "--max-semi-space-size=8", "main.js"]);
  assert.deepEqual(env, {
    LISTEN: `${address}:8080`,
    ADMIN: `${address}:9090`,
    REGION: "westeurope",
    POLICY_FILE: "policy/policy.json",
    JWKS_FILE: "policy/jwks.json",
    TOKEN_ISSUER: "https://completions.example.com",
    TOKEN_AUDIENCE: "meridian",
    ISSUER_URL: "http://issuer.meridian.svc.cluster.local:8081",
    DRAIN_MS: "2500",
    AZURE_CLIENT_ID: identity.clientId,
    AZURE_TENANT_ID: "00000000-0000-4000-8000-000000000002",
    AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
    AZURE_FEDERATED_TOKEN_FILE: "identity/token",
  });
  assert.deepEqual(Object.keys(files), ["policy/jwks.json", "policy/policy.json"]);
  assert.deepEqual(Object.keys(JSON.parse(files["policy/policy.json"]!).upstreams), [
    "westeurope",
    "eastus2",
  ]);
  assert.deepEqual(secrets, {"identity/token": "proxy's token"});
  assert.equal(graceMs, 45_000);
});

test("Envoy's configuration names the pod's address wherever it says any", () => {
  const {files, secrets, address, command} = podOf("edge-1");
  const config = files["config/envoy.json"]!;
  assert.ok(config.includes(address) && !config.includes("0.0.0.0"));
  assert.deepEqual(secrets, {"secrets/tls.pem": "the edge"});
  assert.deepEqual(command.slice(0, 3), ["envoy", "-c", "config/envoy.json"]);
});

test("Services name the pods behind them; the edge's has a public address", () => {
  const services = servicesOf(resources).map(({name, addressName, ports}) => [
    name,
    addressName,
    ports.map(({port, targetPort}) => `${port}>${targetPort}`).join(),
  ]);
  assert.deepEqual(services.toSorted(), [
    ["edge", "edge", "443>8443"],
    ["issuer", undefined, "8081>8081"],
    ["proxy", undefined, "8080>8080"],
  ]);
});

function podOf(name: string) {
  return pods.find((pod) => pod.name === name)!;
}

function addressOf(name: string) {
  return podOf(name).address;
}
