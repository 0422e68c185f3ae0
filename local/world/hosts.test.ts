import assert from "node:assert/strict";
import {test} from "node:test";
import type {Resource} from "../../cloud/resource.ts";
import {familiesOf, otherHosts} from "./hosts.ts";

const upstream = (url: string, more: object = {}) => ({
  ...{url, api: "openai", protocol: "http/1.1", credential: {kind: "none"}},
  ...more,
});
const served = (upstream: string, more: object = {}) => ({
  deployments: [{upstream, name: "qwen-coder", weight: 100}],
  ...more,
});
const policy = {
  upstreams: {
    "host-1": upstream("https://coder.example.net"),
    "gpu-coder": upstream("http://gpu-coder.meridian.svc.cluster.local:8000", {replicas: true}),
    "gpu-plain": upstream("http://gpu-plain.meridian.svc.cluster.local:8000", {replicas: true}),
  },
  models: {
    hosted: served("host-1", {template: "starcoder"}),
    coder: served("gpu-coder", {template: "qwen"}),
    plain: served("gpu-plain"),
  },
};
const resources = [
  {
    type: "kubernetes:core/v1:ConfigMap",
    inputs: {metadata: {name: "policy"}, data: {"policy.json": JSON.stringify(policy)}},
  },
] as unknown as Resource[];

test("a host is started for each that is not on the cluster; those that are know their family", () => {
  assert.deepEqual(
    otherHosts(resources).map(({hostname, family}) => [hostname, family]),
    [["coder.example.net", "starcoder"]],
  );
  assert.deepEqual([...familiesOf(resources)], [["gpu-coder", "qwen"]]);
});
