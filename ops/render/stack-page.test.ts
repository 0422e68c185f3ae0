import assert from "node:assert/strict";
import {test} from "node:test";
import type {Resource} from "../../cloud/resource.ts";
import {stackPage} from "./stack-page.ts";

const resource = (type: string, parent?: string, inputs: object = {}): Resource => ({
  stack: "test",
  urn: `${parent ?? ""}/${type}`,
  type,
  name: type,
  ...(parent !== undefined && {parent}),
  protect: false,
  inputs: {...inputs},
  id: "",
  outputs: {},
  secrets: [],
});

const pageOf = (...resources: Resource[]) =>
  stackPage({
    title: "A stack",
    intro: "Why.",
    stack: {name: "test", resources, outputs: {}, secretOutputs: []},
  });

const root = resource("pulumi:pulumi:Stack");
const edge = resource("meridian:Edge", root.urn);
const workload = resource("meridian:Workload", edge.urn);

test("a page counts what is in each component, and adds up what it costs", () => {
  const pool = {minCount: 3, vmSize: "Standard_D4ds_v5"};
  const page = pageOf(
    root,
    edge,
    workload,
    resource("azure-native:network:PublicIPAddress", edge.urn),
    resource("kubernetes:core/v1:ServiceAccount", workload.urn),
    resource("azure-native:containerservice:AgentPool", root.urn, pool),
  );
  assert.equal(
    page,
    `# A stack

Why.

About $500 a month, and what is paid by use. List prices, rounded: they tell tens from thousands.

| resource | how many | why it is there | a month |
|---|---|---|---|
| AgentPool | 1 | nodes for our pods, in all zones, as many as their load asks for; at its least | $490 |

## Edge

| resource | how many | why it is there | a month |
|---|---|---|---|
| PublicIPAddress | 1 | where DNS sends users: static, in all zones, under a name known before it exists | $3.6, $0.09 to $0.18 a GB sent to users |
| ServiceAccount | 1 | who the pods are in the cluster; no token for its API | nothing |
`,
  );
});

test("a type without a purpose is told, with where to give it one", () => {
  assert.throws(() => pageOf(root, resource("azure-native:sql:Server", root.urn)), {
    message:
      "azure-native:sql:Server has no purpose; say it beside the type in cloud/azure/ or cloud/kubernetes/",
  });
});
