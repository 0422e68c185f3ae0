import assert from "node:assert/strict";
import {test} from "node:test";
import {fileWith} from "../../regions/fixture.ts";
import {parseWorld} from "../../regions/read.ts";
import {type Demand, demandOf, nothingHeld, type Pool} from "./demand.ts";
import {judgeCores, judgeSizes, type Size} from "./machines.ts";
import type {Usage} from "./quota.ts";

const demand = (zones: string[], ...pools: Pool[]): Demand => ({
  deployments: [],
  pools: pools.map((pool) => ({...pool, zones, under: "cluster"})),
  kubernetes: "1.36",
});
const pool = (size: string, nodes: number, mode = "User"): Pool => ({mode, size, nodes});
const size = (name: string, changes: Partial<Size> = {}): Size => ({
  resourceType: "virtualMachines",
  name,
  family: "dFamily",
  capabilities: [{name: "vCPUs", value: "4"}],
  locationInfo: [{location: "westeurope", zones: ["3", "1", "2"]}],
  ...changes,
});
const closed = (type: string, zones?: string[]): Partial<Size> => ({
  restrictions: [
    {type, reasonCode: "NotAvailableForSubscription", restrictionInfo: {zones: zones ?? null}},
  ],
});

const zones = ["1", "2", "3"];
const offers: Record<string, {zones?: string[]; sizes: Size[]; said: string}> = {
  "in every zone": {sizes: [size("standard_d4")], said: "ok offered"},
  "a disk of its name": {
    sizes: [size("Standard_D4", {resourceType: "disks"})],
    said: "short not offered here",
  },
  "in two zones": {
    sizes: [size("Standard_D4", {locationInfo: [{location: "westeurope", zones: ["2", "1"]}]})],
    said: "short in zones 1, 2 only",
  },
  "closed in a zone": {
    sizes: [size("Standard_D4", closed("Zone", ["2"]))],
    said: "short in zones 1, 3 only",
  },
  "closed in the location": {
    sizes: [size("Standard_D4", closed("Location"))],
    said: "short closed to this subscription: NotAvailableForSubscription",
  },
  "in no zone": {
    sizes: [size("Standard_D4", {locationInfo: [{location: "westeurope"}]})],
    said: "short in no zone",
  },
  "in no zone, and none is asked": {
    zones: [],
    sizes: [size("Standard_D4", {locationInfo: null})],
    said: "ok offered",
  },
};
for (const [name, offer] of Object.entries(offers))
  test(`a size ${name}: ${offer.said}`, () => {
    const wanted = demand(offer.zones ?? zones, pool("Standard_D4", 3), pool("Standard_D4", 9));
    assert.deepEqual(
      judgeSizes(wanted, offer.sizes).map(({status, found}) => `${status} ${found}`),
      [offer.said],
    );
  });

test("pools of one size in other zones are judged each for its own, with the zones to narrow to", () => {
  const asked: Demand = {
    ...demand([]),
    pools: [
      {...pool("Standard_D4", 3, "System"), zones: ["1", "2"], under: "cluster"},
      {...pool("Standard_D4", 9), zones: ["2", "3"], under: "cluster"},
      {...pool("Standard_D4", 9), zones: ["2", "3"], under: "cluster"},
    ],
  };
  const sizes = [size("Standard_D4", closed("Zone", ["3"]))];
  assert.deepEqual(
    judgeSizes(asked, sizes).map(({status, asked, mend = ""}) => `${status} ${asked}: ${mend}`),
    [
      "ok Standard_D4 in zones 1, 2: ",
      "short Standard_D4 in zones 2, 3: write zones: [2] under cluster, ask Azure to open the others, or choose another size under cluster",
    ],
  );
});

test("GPUs are asked for at their most and one more for a release, and mended where they are said", () => {
  const text = fileWith({
    models: `own: {host: gpu, model: q, template: qwen, gpu: {weights: {path: a, manifest: "sha256:${"0".repeat(64)}"}, size: Standard_NC24ads_A100_v4, replicas: 1-4, spot: true}}`,
    region: "{cluster: {zones: [1, 3]}}",
  });
  const world = parseWorld(text);
  const asked = demandOf(world, world.regions[0]!);
  assert.deepEqual(asked.pools.at(-1), {
    under: "gpus",
    mode: "User",
    size: "Standard_NC24ads_A100_v4",
    nodes: 5,
    spot: true,
    zones: ["1", "3"],
  });
  assert.equal(judgeSizes(asked, []).at(-1)?.mend, "choose another size under gpus");
  const own = parseWorld(text.replace("spot: true", "spot: true, zones: [2]"));
  assert.deepEqual(demandOf(own, own.regions[0]!).pools.at(-1)?.zones, ["2"]);
});

const usage = (value: string, currentValue: number, limit: number): Usage => ({
  name: {value},
  currentValue,
  limit,
});
const sizes = [
  size("Standard_D4"),
  size("Standard_E8", {family: "eFamily", capabilities: [{name: "vCPUs", value: "8"}]}),
  size("Standard_NC24", {
    family: "StandardNCFamily",
    capabilities: [{name: "vCPUs", value: "24"}],
  }),
];
const room = [
  usage("DFamily", 0, 50),
  usage("eFamily", 0, 50),
  usage("Standard NC Family", 24, 48),
  usage("lowPriorityCores", 0, 10),
  usage("cores", 0, 60),
];

const cores: Record<string, {pools: Pool[]; held?: Pool[]; sizes?: Size[]; said: string[]}> = {
  "two pools of one family": {
    pools: [pool("Standard_D4", 3), pool("Standard_D4", 9)],
    said: ["ok 48 of dFamily: 50 left of 50", "ok 48 of cores: 60 left of 60"],
  },
  "two families, each with room, and too much together": {
    pools: [pool("Standard_D4", 10), pool("Standard_E8", 3)],
    said: [
      "ok 40 of dFamily: 50 left of 50",
      "short 64 of cores: 60 left of 60",
      "ok 24 of eFamily: 50 left of 50",
    ],
  },
  "what the cluster has, of a size that is gone too": {
    pools: [pool("Standard_E8", 3)],
    held: [pool("Standard_E8", 1), pool("Standard_A1", 9)],
    said: [
      "ok 24 of eFamily: 50 left of 50, 8 by this stack",
      "ok 24 of cores: 60 left of 60, 8 by this stack",
    ],
  },
  "a pool that is to be of another size, and is there until it is": {
    pools: [pool("Standard_D4", 5, "System"), pool("Standard_E8", 3)],
    held: [pool("Standard_D4", 3, "System"), pool("Standard_D4", 9)],
    said: [
      "ok 20 of dFamily: 50 left of 50, 12 by this stack",
      "ok 44 of cores: 60 left of 60, 12 by this stack",
      "ok 24 of eFamily: 50 left of 50",
    ],
  },
  "GPUs, whose family's quota has blanks in its name": {
    pools: [pool("Standard_NC24", 2)],
    held: [pool("Standard_NC24", 1)],
    said: [
      "ok 48 of StandardNCFamily: 48 left of 48, 24 by this stack",
      "ok 48 of cores: 60 left of 60, 24 by this stack",
    ],
  },
  "GPUs on spot, beside what is held of them otherwise": {
    pools: [{...pool("Standard_NC24", 1), spot: true}],
    held: [pool("Standard_NC24", 1)],
    said: ["short 24 of lowPriorityCores: 10 left of 10"],
  },
  "a size that Azure says nothing of": {
    pools: [pool("Standard_D4", 3)],
    sizes: [size("Standard_D4", {capabilities: null})],
    said: ["unknown nodes: Azure does not say what a size has"],
  },
};
for (const [name, {pools, held = [], sizes: offered = sizes, said}] of Object.entries(cores))
  test(`vCPUs: ${name}`, () => {
    const verdicts = judgeCores(demand(zones, ...pools), offered, room, {
      ...nothingHeld,
      pools: held,
    });
    assert.deepEqual(
      verdicts.map(({status, asked, found}) => `${status} ${asked}: ${found}`),
      said,
    );
  });
