import assert from "node:assert/strict";
import {test} from "node:test";
import {ENVOY_VERSION} from "../../setup/envoy.js";
import {PINNED_NODE} from "../../setup/node.js";
import {bundle} from "./bundle.ts";
import {edgeContext, proxyContext} from "./context.ts";
import {mirrorOf} from "./mirror.ts";
import {referenceOf} from "./run.ts";
import {untar} from "./untar.rig.ts";

test("what the registry builds from has a Dockerfile, and all that it copies and runs", async () => {
  const {Dockerfile = "", ...others} = untar(proxyContext(await bundle()).archive);
  const copied = /^COPY (.+) \.\/$/m.exec(Dockerfile)?.[1]?.split(" ") ?? [];
  assert.deepEqual(copied.toSorted(), Object.keys(others).toSorted());
  const [program, ...args] = JSON.parse(/^CMD (.+)$/m.exec(Dockerfile)?.[1] ?? "[]");
  assert.equal(program, "node");
  for (const file of args) assert.ok(copied.includes(file), file);
  assert.deepEqual(JSON.parse(others["package.json"]!), {type: "module"});
});

test("images begin from the Node and the Envoy that all else is tested with", async () => {
  const [proxy, edge] = [proxyContext(await bundle()), edgeContext()];
  assert.match(proxy.base, new RegExp(`^docker\\.io/library/node:${PINNED_NODE}-slim@sha256:`));
  assert.equal(edge.base, `docker.io/envoyproxy/envoy:distroless-v${ENVOY_VERSION}`);
  for (const {archive, base} of [proxy, edge])
    assert.ok(untar(archive).Dockerfile?.startsWith(`ARG BASE=${base}\nFROM \${BASE}\n`), base);
});

test("other content is another image", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const hashOf = (main: string) =>
    proxyContext({files: {"main.js": bytes(main), "issuer.js": bytes("")}, packages: []}).hash;
  assert.equal(hashOf("1"), hashOf("1"));
  assert.notEqual(hashOf("1"), hashOf("2"));
});

test("bases are copied from where no account is asked for, by the same tag and digest", () => {
  for (const account of [false, true]) {
    assert.deepEqual(mirrorOf("docker.io/library/node:26.10.0-slim@sha256:0a", {account}), {
      name: "node",
      source: "public.ecr.aws/docker/library/node",
      version: ":26.10.0-slim@sha256:0a",
      account: false,
    });
    assert.deepEqual(mirrorOf("mcr.microsoft.com/some/tool:1.0", {account}), {
      name: "tool",
      source: "mcr.microsoft.com/some/tool",
      version: ":1.0",
      account: false,
    });
    for (const base of ["quay.io/library/node:1", "node:1"])
      assert.equal(mirrorOf(base, {account}), undefined, base);
  }
});

test("what Docker Hub alone has is copied by an account there, and by nothing else", () => {
  const base = "docker.io/envoyproxy/envoy:v1@sha256:0a";
  assert.equal(mirrorOf(base, {account: false}), undefined);
  assert.deepEqual(mirrorOf(base, {account: true}), {
    name: "envoy",
    source: "docker.io/envoyproxy/envoy",
    version: ":v1@sha256:0a",
    account: true,
  });
});

test("the edge begins from the image that it is told, by the digest that it is told", () => {
  const base = `mirror.example.com:5000/envoy:v1@sha256:${"a".repeat(64)}`;
  const {archive, hash, sbom, ...context} = edgeContext(base);
  assert.equal(context.base, base);
  assert.notEqual(hash, edgeContext().hash);
  assert.ok(untar(archive).Dockerfile?.startsWith(`ARG BASE=${base}\nFROM \${BASE}\n`));
  assert.equal(JSON.parse(sbom).components[0].hashes[0].content, "a".repeat(64));
});

const built = {
  host: "images.azurecr.io",
  registryName: "images",
  stack: "global",
  repository: "meridian-proxy",
  hash: "0123456789ab",
};
const digest = `sha256:${"0".repeat(64)}`;
const image = {repository: "meridian-proxy", tag: "0123456789ab", digest};

test("a build that went well gives its image by tag and digest", () => {
  const run = {runId: "ca1", status: "Succeeded", outputImages: [image]};
  assert.equal(referenceOf(run, built), `images.azurecr.io/meridian-proxy:0123456789ab@${digest}`);
});

for (const [what, run] of Object.entries({
  failed: {runId: "ca1", status: "Failed"},
  "timed out": {runId: "ca1", status: "Timeout", outputImages: [image]},
  "reported no digest": {runId: "ca1", status: "Succeeded", outputImages: []},
}))
  test(`a build that ${what} stops the stack, and says where to look and how to go on`, () => {
    const says =
      /^meridian-proxy:0123456789ab was .*az acr task logs --registry images --run-id ca1.*pulumi destroy --stack global --target '\*\*build-0123456789ab'/;
    assert.throws(() => referenceOf(run, built), {message: says});
  });
