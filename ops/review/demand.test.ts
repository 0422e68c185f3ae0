import assert from "node:assert/strict";
import {test} from "node:test";
import type {Inputs, Resource} from "../../cloud/resource.ts";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {costChanges, quotaChanges} from "./demand.ts";

const stack = (name: string, ...resources: Partial<Resource>[]) =>
  ({name, resources, outputs: {}, secretOutputs: []}) as unknown as Stack;

const pool = (inputs: Inputs) => ({type: "azure-native:containerservice:AgentPool", inputs});
const address = {type: "azure-native:network:PublicIPAddress", inputs: {}};

test("fixed costs by stack; what has no price costs nothing, however it is described", () => {
  const before = [
    stack("westeurope", pool({vmSize: "Standard_D4ds_v5", minCount: 3})),
    stack("old", address, {type: "azure-native:cdn:Profile", inputs: {}}),
    stack("same", address),
  ] as Stack[];
  const after = [
    stack(
      "westeurope",
      pool({vmSize: "Standard_D8ds_v5", count: 3}),
      pool({vmSize: "Standard_D8ds_v5"}),
    ),
    stack("same", address),
    stack("new", address, address),
  ] as Stack[];
  const changes = costChanges(before, after).map(({stack, from, to}) => ({
    stack,
    from: Math.round(from),
    to: Math.round(to),
  }));
  assert.deepEqual(changes, [
    {stack: "westeurope", from: 495, to: 990},
    {stack: "new", from: 0, to: 7},
    {stack: "old", from: 4, to: 0},
  ]);
});

test("quota by region, model and sku: what is asked more, less, no longer", () => {
  const [first, ...others] = smallWorld.regions;
  const [shared, own] = first!.deployments;
  const after = {
    ...smallWorld,
    regions: [{...first!, deployments: [{...shared!, capacity: 600}]}, ...others],
  };
  assert.deepEqual(quotaChanges(smallWorld, after), [
    {
      region: first!.name,
      model: "gpt-35-turbo-instruct",
      sku: shared!.sku,
      from: shared!.capacity,
      to: 600,
    },
    {
      region: first!.name,
      model: "gpt-35-turbo-instruct",
      sku: own!.sku,
      from: own!.capacity,
      to: 0,
    },
  ]);
  assert.deepEqual(quotaChanges(smallWorld, smallWorld), []);
});
