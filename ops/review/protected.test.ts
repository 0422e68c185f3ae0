import assert from "node:assert/strict";
import {before, test} from "node:test";
import {below, isMap, within} from "../../cloud/changes.ts";
import type {Inputs, Resource} from "../../cloud/resource.ts";
import {runStacks, type Stack} from "../../cloud/stacks/stacks.ts";
import {kindOf, types} from "../../cloud/types.ts";
import {everyImage, insideWorld, withImages} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {guardedWorld} from "../../infra/guarded.ts";
import type {World} from "../../regions/world.ts";
import {asJson} from "../preview/resource-tree.ts";
import {made, type ResourceChange, stackChanges} from "./difference.ts";
import {lossOf} from "./losses.ts";
import type {Review} from "./review.ts";
import {parseRules} from "./rules.ts";

/** Guarded, with an issued certificate and protected capacity, so that every type a stack can have is there. */
const [home, other] = guardedWorld.regions;
const world: World = {
  ...withImages(guardedWorld, everyImage),
  regions: [
    home!,
    {
      ...other!,
      certificate: {name: "edge", issuer: "Self"},
      deployments: other!.deployments.map((deployment) => ({
        ...deployment,
        sku: "ProvisionedManaged",
      })),
    },
  ],
};

let stacks: readonly Stack[];
before(async () => {
  stacks = JSON.parse(asJson((await runStacks(world)).stacks)) as Stack[];
});

const [rule] = parseRules(["protected"]);

/** What a review says of one resource that changes or is removed. */
function judge(stack: Stack, old: Resource, now: Resource | undefined) {
  const side = (resources: Resource[]): Stack => ({...stack, outputs: {}, resources});
  const review = {
    stacks: stackChanges([side([old])], [side(now ? [now] : [])]),
  } as unknown as Review;
  return {change: review.stacks[0]!.resources[0]!, breaks: rule!.broken(review)};
}

/** The dotted paths of every value in a tree, and of every list as a whole. */
const leaves = (tree: unknown, path = ""): string[] =>
  isMap(tree) ? Object.keys(tree).flatMap((key) => leaves(tree[key], below(path, key))) : [path];

/** The tree with this value at a dotted path. */
function changed(tree: Inputs, path: string): Inputs {
  const [first = "", ...others] = path.split(".");
  const key = Object.keys(tree).find((key) => within(path, [below("", key)]));
  if (key === undefined)
    return {...tree, [first]: others.reduceRight<unknown>((value, key) => ({[key]: value}), "x")};
  const rest = path.slice(below("", key).length).replace(/^\./, "");
  const value = tree[key];
  return {...tree, [key]: rest && isMap(value) ? changed(value, rest) : another(value)};
}

function another(value: unknown): unknown {
  if (Array.isArray(value)) return [...value.map(another), "x"];
  if (isMap(value)) return {...value, x: "x"};
  return typeof value === "number" ? value + 1 : `${value}x`;
}

/** Every value that a resource has, and every value that forces a replacement. */
const pathsOf = ({type, inputs}: Resource) => {
  const there = leaves(inputs);
  return [
    ...there,
    ...(kindOf(type)?.fixed ?? []).filter((path) => !there.some((one) => within(one, [path]))),
  ];
};

/** Every value of every resource, changed alone. */
function* changes() {
  for (const stack of stacks)
    for (const resource of made(stack))
      for (const path of pathsOf(resource)) {
        const inputs = changed(resource.inputs, path);
        const id = kindOf(resource.type)!.id(inputs, stack.name);
        yield {path, resource, ...judge(stack, resource, {...resource, inputs, id})};
      }
}

const isSafe = ({change, deletedFirst}: ResourceChange) =>
  change === "changed" || (change === "replaced" && !deletedFirst);

test("whatever changes, nothing that users need goes first without a word", () => {
  const unheard = [...changes()].filter(
    ({change, breaks}) =>
      lossOf(change.resource.type).serves && !isSafe(change) && breaks.length === 0,
  );
  assert.deepEqual(
    unheard.map(({resource, path}) => `${resource.type} ${path}`),
    [],
  );
});

test("what breaks the rule is told by type, name and stack, with what is gone or why it cannot be", () => {
  const broken = [...changes()].filter(({breaks}) => breaks.length > 0);
  for (const {breaks, resource, change} of broken) {
    const [text = "", ...more] = breaks;
    assert.deepEqual(more, []);
    assert.ok(text.startsWith(`${resource.type} ${resource.name} of ${resource.stack} `), text);
    const why =
      change.change === "refused" ? /see docs\/operations\.md/ : lossOf(resource.type).text;
    assert.match(text, new RegExp(why));
  }
});

test("what azure-native replaces bears its name on, or says that it goes first", () => {
  const replaced = [...changes()].filter(({change}) => change.change === "replaced");
  const first = new Set(
    replaced.flatMap(({change, resource}) => (change.deletedFirst ? [resource.type] : [])),
  );
  assert.deepEqual([...first].filter((type) => type.startsWith("azure-native:")).toSorted(), [
    "azure-native:authorization:RoleAssignment",
    "azure-native:network:PrivateEndpoint",
  ]);
  for (const {change, resource} of replaced)
    if (!change.deletedFirst) assert.notEqual(change.resource.id, resource.id, resource.type);
});

test("every path that makes another resource was tried, and none is taken for a change in place", () => {
  const tried = Map.groupBy(changes(), ({resource}) => resource.type);
  for (const [type, all] of tried)
    for (const path of kindOf(type)!.fixed ?? []) {
      const there = all.filter((one) => within(one.path, [path]));
      assert.ok(there.length > 0, `${type} ${path}`);
      for (const {change} of there) assert.notEqual(change.change, "changed", `${type} ${path}`);
    }
});

/** Azure never changes these properties. */
const refused: Record<string, readonly string[]> = {
  "azure-native:containerservice:ManagedCluster": ["agentPoolProfiles", "networkProfile.podCidr"],
  "azure-native:containerservice:AgentPool": ["vmSize", "availabilityZones", "vnetSubnetID"],
  "azure-native:network:PublicIPAddress": ["zones", "sku.name", "location"],
  "azure-native:network:VirtualNetwork": ["location"],
  "azure-native:cognitiveservices:Account": ["location", "properties.customSubDomainName"],
  "azure-native:cognitiveservices:Deployment": ["properties.model.name"],
  "azure-native:keyvault:Vault": ["location"],
  "azure-native:containerregistry:Registry": ["location"],
  "azure-native:dns:Zone": ["location"],
  "azure-native:resources:ResourceGroup": ["location"],
  "azure-native:trafficmanager:Profile": ["location"],
};

for (const [type, paths] of Object.entries(refused))
  test(`refused of ${type}: ${paths.join(", ")}`, () => {
    const all = [...changes()].filter(({resource}) => resource.type === type);
    for (const path of paths) {
      const there = all.filter((one) => one.path === path);
      assert.ok(there.length > 0, path);
      for (const {change, breaks} of there)
        assert.deepEqual([change.change, breaks.length], ["refused", 1], path);
    }
  });

test("removed from a stack that stays: what is protected, and what there is one of", () => {
  const gone = stacks.flatMap((stack) =>
    made(stack).flatMap((resource) => {
      const {breaks} = judge(stack, resource, undefined);
      const guarded = resource.protect || Boolean(lossOf(resource.type).sole);
      assert.equal(breaks.length, guarded ? 1 : 0, resource.type);
      return breaks.length > 0 ? [resource.type.split(":").at(-1)] : [];
    }),
  );
  assert.deepEqual(
    [...new Set(gone)].toSorted(),
    [
      "Account",
      "AzureMonitorWorkspace",
      "Deployment",
      "DiskEncryptionSet",
      "ManagedCluster",
      "PublicIPAddress",
      "RecordSet",
      "Registry",
      "ResourceGroup",
      "VirtualNetwork",
      "Vault",
      "Workspace",
      "Zone",
    ].toSorted(),
  );
});

test("every type says what is missed while it is not there", async () => {
  const inside = await runStacks(insideWorld, {stacks: ["eastus2", "dns"]});
  const onGpus = await runStacks(gpuWorld, {stacks: ["eastus2"]});
  const inStacks = new Set(
    [...stacks, ...inside.stacks, ...onGpus.stacks].flatMap(made).map(({type}) => type),
  );
  const known = Object.keys(types).filter((type) => types[type]!.loss);
  assert.deepEqual([...inStacks].toSorted(), known.toSorted());
});
