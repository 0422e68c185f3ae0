import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {locations} from "../../regions/azure.ts";
import {unpricedGpus} from "../../regions/replicas/prices.ts";
import {gpuSizes} from "../../regions/replicas/sizes.ts";
import {kindOf} from "../types.ts";
import {egressDollars, HOURS, logsDollars, nodeDollars} from "./prices.ts";

const names = [...locations.keys()];
const close = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 0.01, `${found}, not ${wanted}`);

const nodes: Record<string, [node: Parameters<typeof nodeDollars>[0], dollars: number]> = {
  "four cores with a local disk that is large enough": [{size: "Standard_D4ds_v5"}, 0.226 * HOURS],
  "the same in Brazil": [{size: "Standard_D4ds_v5", location: "brazilsouth"}, 0.36 * HOURS],
  "two cores, whose local disk is too small": [{size: "Standard_D2ds_v5"}, 0.113 * HOURS + 19.71],
  "the same with a disk that fits on it": [{size: "Standard_D2ds_v5", diskGb: 64}, 0.113 * HOURS],
  "burstable, with a small disk": [{size: "Standard_B2as_v2", diskGb: 64}, 0.0752 * HOURS + 10.21],
  "eight cores, for which AKS takes a larger disk": [
    {size: "Standard_D8s_v5"},
    0.384 * HOURS + 38.02,
  ],
  "a size that is not listed, as four of D": [{size: "Standard_Q4z_v9"}, 0.226 * HOURS + 19.71],
  "a GPU, by its size and not by its cores, with a disk beside it": [
    {size: "Standard_NC24ads_A100_v4"},
    3.67 * HOURS + 73.22,
  ],
  "a GPU whose price could not be read: its disk alone": [{size: "Standard_NV12ads_A10_v5"}, 38.02],
  "a location that is not listed, as West Europe": [
    {size: "Standard_D4ds_v5", location: "polandcentral"},
    0.272 * HOURS,
  ],
};

for (const [what, [node, dollars]] of Object.entries(nodes))
  test(`a month of a node: ${what}`, () => close(nodeDollars(node), dollars));

test("a pool of GPUs says what of it has no price, and spot is never priced as what is kept", () => {
  const pool = kindOf("azure-native:containerservice:AgentPool")?.price;
  const asked = (vmSize: string, more = {}) => {
    const inputs = {vmSize, minCount: 2, ...more};
    const dollars = typeof pool?.dollars === "function" ? pool.dollars(inputs) : undefined;
    return [Math.round(dollars ?? -1), ...(pool?.unpriced?.(inputs) ?? [])];
  };
  assert.deepEqual(
    [
      asked("Standard_NC24ads_A100_v4"),
      asked("Standard_NC24ads_A100_v4", {scaleSetPriority: "Spot"}),
      asked("Standard_NV12ads_A10_v5"),
      asked("Standard_D4ds_v5"),
    ],
    [
      [Math.round(2 * (3.67 * HOURS + 73.22))],
      [0, "Standard_NC24ads_A100_v4 on spot, at the price of the hour"],
      [76, "Standard_NV12ads_A10_v5, whose price could not be read"],
      [330],
    ],
  );
});

test("every size that regions know as one with a GPU is priced, or said not to be", () => {
  for (const vmSize of Object.keys(gpuSizes)) {
    const dollars = nodeDollars({size: vmSize, diskGb: 32});
    assert.equal(dollars > 100, unpricedGpus({vmSize}).length === 0, vmSize);
  }
});

test("wherever a node is, it costs between once and twice what it does in East US 2, and more cores cost more", () => {
  const size = (vcpus: number) => `Standard_D${vcpus}s_v5`;
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.constantFrom(2, 4, 8, 16, 32), (location, vcpus) => {
      const [here, home, twice] = [
        nodeDollars({size: size(vcpus), location}),
        nodeDollars({size: size(vcpus)}),
        nodeDollars({size: size(2 * vcpus), location}),
      ];
      assert.ok(here >= home && here < 2 * home, `${location} ${here} ${home}`);
      assert.ok(twice > here);
    }),
  );
});

test("what is sent to users costs by Azure's zones of billing, and logs by location", () => {
  assert.deepEqual(
    ["eastus2", "swedencentral", "israelcentral", "japaneast", "qatarcentral", "brazilsouth"].map(
      egressDollars,
    ),
    [0.087, 0.087, 0.087, 0.12, 0.12, 0.181],
  );
  for (const name of names) {
    assert.ok([0.087, 0.12, 0.181].includes(egressDollars(name)));
    assert.ok(logsDollars(name) >= 2.3 && logsDollars(name) < 4);
  }
});
