import assert from "node:assert/strict";
import {test} from "node:test";
import type {Resource} from "../../cloud/resource.ts";
import {steadied} from "./infra-files.ts";
import {stackInputs} from "./stack-inputs.ts";

const resource = (type: string, name: string, rest: Partial<Resource> = {}): Resource => ({
  stack: "test",
  urn: `${rest.parent ?? ""}/${type} ${name}`,
  type,
  name,
  protect: false,
  inputs: {},
  id: "",
  outputs: {},
  secrets: [],
  ...rest,
});

test("each resource in its place, with what comes before it, how it is held, and its inputs", () => {
  const stack = resource("pulumi:pulumi:Stack", "test");
  const vault = resource("meridian:Vault", "vault", {parent: stack.urn});
  const key = resource("azure-native:keyvault:Secret", "key", {
    parent: vault.urn,
    inputs: {properties: {value: "s3cret"}, tags: {a: "1", b: "2"}},
    secrets: ["properties.value"],
    protect: true,
    deleteBeforeReplace: true,
    ignoreChanges: ["tags"],
  });
  const files = resource("kubernetes:core/v1:ConfigMap", "files", {
    parent: stack.urn,
    dependencies: [key.urn, "elsewhere"],
    inputs: {data: {"policy.json": '{"models": {"a": []}}', script: "one\ntwo\n"}},
  });
  const resources = [stack, files, vault, key];
  assert.equal(
    stackInputs({name: "test", resources, outputs: {key: "s3cret"}, secretOutputs: ["key"]}),
    `ConfigMap files:
  type: kubernetes:core/v1:ConfigMap
  after: [Secret key]
  inputs:
    data:
      policy.json (JSON):
        models:
          a: []
      script: |
        one
        two
Vault vault: {type: meridian:Vault}
Vault vault / Secret key:
  type: azure-native:keyvault:Secret
  protect: true
  deleteBeforeReplace: true
  ignoreChanges: [tags]
  inputs:
    properties: {value: "[secret]"}
    tags: {a: "1", b: "2"}
outputs: {key: "[secret]"}
`,
  );
});

test("however long the way to a checkout is, what is rendered is the same", () => {
  const rendered = (root: string, tag: string) => {
    const image = `meridian-proxy:${tag}@sha256:${tag}`;
    const pod = resource("kubernetes:core/v1:Pod", "pod", {
      inputs: {image, path: `${root}main.js`},
    });
    const stack = {name: "test", resources: [pod], outputs: {}, secretOutputs: []};
    return stackInputs(steadied(stack, image, root));
  };
  assert.equal(rendered("/w/", "4b03b14ba9f9"), rendered(`/${"far/".repeat(20)}`, "0123456789ab"));
});
