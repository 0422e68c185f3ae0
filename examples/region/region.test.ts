import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {before, describe, test} from "node:test";
import {StackReference} from "@pulumi/pulumi";
import {createCloud} from "../../cloud/cloud.ts";
import type {Resource} from "../../cloud/resource.ts";
import {newSigningKey, runStack, runStacks, type Stack} from "../../cloud/stacks/stacks.ts";
import {isComponent} from "../../cloud/types.ts";
import {Region, type RegionArgs, sharedBy} from "../../infra/package/package.ts";
import {worldOf} from "../../infra/package/settings.ts";
import {parseWorld} from "../../regions/read.ts";

const NETWORK =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke";
const subnets = {nodes: `${NETWORK}/subnets/nodes`, endpoints: `${NETWORK}/subnets/endpoints`};
const service: RegionArgs["service"] = {
  name: "meridian",
  hostname: "completions.example.com",
  zone: "example.com",
  home: "eastus2",
  objective: {success: "99.5%", firstByte: "1500ms"},
  tokens: {exchange: {kind: "github", organizations: ["example"]}},
};
const models = {"copilot-codex": {model: "gpt-5.6-luna", version: "2026-07-09", aliases: ["*"]}};
const region: RegionArgs["region"] = {
  cluster: {nodes: "3-12", size: "Standard_D4ds_v5"},
  proxies: "3-30",
  deployments: [{model: "copilot-codex", sku: "DataZoneStandard", capacity: 333}],
  network: {space: "10.8.0.0/20"},
  existing: {network: subnets},
};
/** The same as regions.yaml would say it. */
const world = parseWorld(JSON.stringify({service, models, regions: {westeurope: region}}));

describe("a program that makes a region in a network that is there", () => {
  const signingKey = newSigningKey();
  let own: Stack;
  let example: Stack;
  before(async () => {
    const cloud = () =>
      createCloud({
        existing: [NETWORK, ...Object.values(subnets)],
        addressOf: () => "127.1.0.1",
        now: () => 0,
      });
    const stacks = ["global", "westeurope"];
    const built = await runStacks(world, {stacks, signingKey, cloud: cloud()});
    own = built.stacks[1]!;
    const other = cloud();
    const before = (await runStacks(world, {stacks: ["global"], signingKey, cloud: other})).stacks;
    const program = async () => ({...(await import("./index.ts"))});
    const secrets = {signingKey};
    example = await runStack({name: "westeurope", program, cloud: other, secrets, before});
  });

  test("makes what the stack of that region is made of, as its children", () => {
    const [root, component] = ["pulumi:pulumi:Stack", "meridian:index:Region"].map(
      (type) => example.resources.find((one) => one.type === type)!,
    );
    assert.equal(component!.parent, root!.urn);
    assert.deepEqual(
      example.resources.filter(({parent}) => parent === root!.urn),
      [component],
    );
    assert.deepEqual(asked(example), asked(own));
  });

  test("has the region's address, and the name that DNS is to point to", () => {
    const {publicName, address} = own.outputs;
    assert.deepEqual(example.outputs, {publicName, address});
  });
});

/** What is asked of the cloud, wherever it is in the stack. */
const asked = ({resources}: Stack) =>
  resources
    .filter(({type}) => !isComponent(type))
    .map(({type, name, inputs, protect, ignoreChanges, secrets}: Resource) => ({
      ...{type, name, inputs, protect, ignoreChanges, secrets},
    }))
    .toSorted((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));

test("the example is no more than twenty lines", () => {
  const text = readFileSync(new URL("index.ts", import.meta.url), "utf8");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  assert.ok(lines.length <= 20, `${lines.length}`);
});

test("a second region in one stack is refused before anything of it is made", async () => {
  const cloud = createCloud({existing: [NETWORK, ...Object.values(subnets)]});
  const before = (await runStacks(world, {stacks: ["global"], cloud})).stacks;
  const program = () => {
    const shared = sharedBy(new StackReference("organization/meridian/global"));
    for (const location of ["westeurope", "swedencentral"])
      new Region(location, {service, models, region, shared});
    return {};
  };
  const made = runStack({name: "both", program, cloud, secrets: {}, before});
  await assert.rejects(made, {
    message:
      "stack both: Region swedencentral: its stack has the region westeurope already, whose parts have the same names; make a stack for each region",
  });
  assert.ok(!cloud.resources.some(({name}) => name === "swedencentral"));
});

test("what is left out is as the least that regions.yaml can say", () => {
  const {hostname, home, tokens} = service;
  const {cluster, proxies, ...least} = region;
  const given = {location: "westeurope", models, region: least, service: {hostname, home, tokens}};
  assert.deepEqual(worldOf("westeurope", given), world);
});

test("what is wrong with its arguments is said at once, by their names", () => {
  const shared = {} as RegionArgs["shared"];
  const wrong = {...region, proxies: "many", network: {space: "10.8.0.1/20"}};
  assert.throws(
    () => new Region("here", {location: "westeurope", service, models, region: wrong, shared}),
    {
      message: `Region here is not valid:
  - region.proxies: "many" is not a range; write the least and the most: 3-12
  - region.network.space: "10.8.0.1/20" is not a range of addresses; write its first address and prefix: 10.0.0.0/16`,
    },
  );
});

test("a region whose name is no location, and has none, is told so", () => {
  const {deployments, ...without} = region;
  const shared = {} as RegionArgs["shared"];
  const faults =
    /^Region here is not valid:\n {2}- location: "here" is not an Azure location; .*\n {2}- region: serves nothing; give it deployments, hosts or a model on GPUs$/;
  assert.throws(() => new Region("here", {service, models, region: without, shared}), {
    message: faults,
  });
});

test("personal keys, whose secret it cannot have, are a fault", () => {
  const keys = {lifetime: "90d", clientId: "a"};
  const args = {location: "westeurope", models, region, shared: {} as RegionArgs["shared"]};
  const tokens = {...service.tokens, keys};
  assert.throws(() => new Region("here", {...args, service: {...service, tokens}}), {
    message: `Region here is not valid:
  - service.tokens.keys: needs a secret that the stack global alone has; leave it out`,
  });
});
