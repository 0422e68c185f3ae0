import assert from "node:assert/strict";
import {test} from "node:test";
import {output} from "@pulumi/pulumi";
import fc from "fast-check";
import {gpuPool} from "../../infra/cluster/gpus/pool.ts";
import {userPool} from "../../infra/cluster/nodes.ts";
import {smallWorld} from "../../infra/fixture.ts";
import type {Region, Replicas} from "../../regions/world.ts";
import {kindOf} from "../types.ts";
import {changeable, refusedFor} from "./node-pool.ts";
import {shapes} from "./shapes/shapes.ts";

const [example] = smallWorld.regions as [Region];
/** A network of the region's own, and those that were there. */
const subnets = [undefined, "/hub/subnets/a", "/hub/subnets/b"];

const regions = fc
  .record({
    // West US has no zones.
    name: fc.constantFrom("eastus2", "westus"),
    size: fc.constantFrom("Standard_D4ds_v5", "Standard_D8ds_v5", "Standard_E4ds_v5"),
    nodes: fc.record({min: fc.integer({min: 1, max: 9}), max: fc.integer({min: 9, max: 99})}),
    subnet: fc.constantFrom(...subnets),
    zones: fc.constantFrom(undefined, [1], [1, 3], [1, 2, 3]),
  })
  .map(({name, size, nodes, subnet, zones}): Region => {
    const network = subnet ? {nodes: subnet, endpoints: subnet, zones: undefined} : undefined;
    const existing = {...example.existing, network};
    return {...example, name, existing, cluster: {...example.cluster, size, nodes, zones}};
  });

/** The pool as a region's stack makes it. A subnet of the region's own has no id yet. */
const poolOf = (region: Region) => {
  const subnet = region.existing.network?.nodes ?? "own";
  const {vnetSubnetID, ...pool} = userPool(region, output(subnet));
  return {...pool, vnetSubnetID: subnet, resourceName: "cluster", resourceGroupName: "group"};
};

/** The properties that no change of a pool can reach. */
const makeOf = ({agentPoolName: _, ...pool}: ReturnType<typeof poolOf>) =>
  Object.fromEntries(
    Object.entries(pool).filter(([property]) => !(changeable as string[]).includes(property)),
  );

test("pools have one name if and only if AKS could make one of the other", () =>
  fc.assert(
    fc.property(regions, regions, (one, two) => {
      const [a, b] = [poolOf(one), poolOf(two)];
      const same = JSON.stringify(makeOf(a)) === JSON.stringify(makeOf(b));
      assert.equal(a.agentPoolName === b.agentPoolName, same);
    }),
    {seed: 11, numRuns: 300},
  ));

const replicas: fc.Arbitrary<Replicas> = fc.record({
  model: fc.constantFrom("coder", "next"),
  size: fc.constantFrom("Standard_NC24ads_A100_v4", "Standard_NC40ads_H100_v5"),
  count: fc.record({min: fc.integer({min: 1, max: 4}), max: fc.integer({min: 4, max: 64})}),
  spot: fc.boolean(),
  zones: fc.constantFrom(undefined, [2], [1, 2, 3]),
  engine: fc.constantFrom({}, {"max-model-len": 8192}),
  weights: fc.record({
    container: fc.constant("weights"),
    path: fc.constantFrom("a", "b"),
    manifest: fc.constant(`sha256:${"0".repeat(64)}`),
  }),
});

/** The pool of a model's servers. */
function gpuPoolOf(region: Region, own: Replicas) {
  const subnet = region.existing.network?.nodes ?? "own";
  const {vnetSubnetID, ...pool} = gpuPool(region, own, output(subnet));
  return {...pool, vnetSubnetID: subnet, resourceName: "cluster", resourceGroupName: "group"};
}

test("pools of GPUs have one name if and only if AKS could make one of the other, and each model its own", () =>
  fc.assert(
    fc.property(fc.tuple(regions, replicas), fc.tuple(regions, replicas), (one, two) => {
      const [a, b] = [gpuPoolOf(...one), gpuPoolOf(...two)];
      const makeOf = ({agentPoolName: _, nodeTaints, ...pool}: typeof a) =>
        Object.fromEntries(
          Object.entries(pool).filter(([property]) => !(changeable as string[]).includes(property)),
        );
      const same =
        one[1].model === two[1].model && JSON.stringify(makeOf(a)) === JSON.stringify(makeOf(b));
      assert.equal(a.agentPoolName === b.agentPoolName, same);
      const kind = kindOf("azure-native:containerservice:AgentPool")!;
      assert.deepEqual(kind.shape!(a, kind.id(a, "x")), []);
      assert.match(a.agentPoolName, /^[a-z][a-z\d]{0,11}$/);
    }),
    {seed: 12, numRuns: 300},
  ));

test("a name is one that AKS takes", () =>
  fc.assert(
    fc.property(regions, (region) => {
      const kind = kindOf("azure-native:containerservice:AgentPool")!;
      const pool = poolOf(region);
      assert.deepEqual(kind.shape!(pool, kind.id(pool, "x")), []);
      assert.match(pool.agentPoolName, /^[a-z][a-z\d]{0,11}$/);
    }),
    {seed: 12},
  ));

test("what neither may change nor is refused is what azure-native makes another pool for", () => {
  const {fixed = []} = kindOf("azure-native:containerservice:AgentPool")!;
  const decided: readonly string[] = [...changeable, ...refusedFor];
  for (const property of Object.keys(shapes["containerservice:AgentPool"]!.properties))
    assert.equal(fixed.includes(property), !decided.includes(property), property);
});
