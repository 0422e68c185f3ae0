import assert from "node:assert/strict";
import {before, test} from "node:test";
import {guardedWorld} from "../../infra/guarded.ts";
import type {Filter} from "../../regions/world.ts";
import {contentFilter} from "../azure/guards/content-filter.ts";
import type {Inputs, Resource, View} from "../resource.ts";
import {kindOf} from "../types.ts";
import {runStacks} from "./stacks.ts";

const POLICY = "azure-native:cognitiveservices:RaiPolicy";
const DEPLOYMENT = "azure-native:cognitiveservices:Deployment";

let made: readonly Resource[];
before(async () => {
  ({resources: made} = await regionWith(guardedWorld.filters!));
});

async function regionWith(filters: Readonly<Record<string, Filter>>) {
  const {stacks} = await runStacks({...guardedWorld, filters}, {stacks: ["eastus2"]});
  return stacks[0]!;
}

const all = (type: string) => made.filter((one) => one.type === type);

test("a filter is made in each account whose deployments name it, before them, and no other", () => {
  assert.deepEqual(
    all(DEPLOYMENT).map(({inputs}) => (inputs.properties as Inputs).raiPolicyName),
    ["code", "Microsoft.DefaultV2"],
  );
  assert.deepEqual(
    all(POLICY).map(({inputs}) => inputs.raiPolicyName),
    ["code"],
  );
  const [first] = all(DEPLOYMENT);
  assert.ok(first!.dependencies?.includes(all(POLICY)[0]!.urn));
});

test("a filter without a deployment is not made", async () => {
  const filters = {...guardedWorld.filters!, unused: guardedWorld.filters!.code!};
  const {resources} = await regionWith(filters);
  assert.equal(resources.filter(({type}) => type === POLICY).length, 1);
});

interface One {
  readonly name: string;
  readonly source: string;
  readonly blocking: boolean;
  readonly enabled: boolean;
  readonly severityThreshold?: string;
}

const cases: Record<
  string,
  [filter: Filter, mode: string, harm: string, blocked: string[], judged: string[]]
> = {
  "as Microsoft.DefaultV2": [
    {severity: "medium", blocks: ["jailbreak", "protectedText"], asynchronous: false},
    "Blocking",
    "Medium",
    ["Jailbreak", "Protected Material Text"],
    ["Protected Material Code"],
  ],
  "for code, sent while it is judged": [
    {severity: "high", blocks: ["protectedCode"], asynchronous: true},
    "Asynchronous_filter",
    "High",
    ["Protected Material Code"],
    ["Jailbreak", "Protected Material Text"],
  ],
  "of everything": [
    {severity: "low", blocks: ["indirectAttack", "jailbreak"], asynchronous: false},
    "Blocking",
    "Low",
    ["Jailbreak", "Indirect Attack"],
    ["Protected Material Text", "Protected Material Code"],
  ],
};

for (const [name, [filter, mode, harm, blocked, judged]] of Object.entries(cases))
  test(`a filter ${name}`, async () => {
    const {resources} = await regionWith({code: filter});
    const {properties} = resources.find(({type}) => type === POLICY)!.inputs as {
      properties: Inputs;
    };
    const ones = properties.contentFilters as One[];
    const harms = ones.filter(({severityThreshold}) => severityThreshold);
    assert.deepEqual(
      [properties.mode, new Set(harms.map((one) => one.severityThreshold))],
      [mode, new Set([harm])],
    );
    assert.equal(harms.filter(({blocking, enabled}) => blocking && enabled).length, 8);
    const others = ones.filter(({severityThreshold}) => !severityThreshold);
    const named = (of: (one: One) => boolean) => others.filter(of).map((one) => one.name);
    assert.deepEqual(
      named(({blocking}) => blocking),
      blocked,
    );
    assert.deepEqual(
      named(({blocking, enabled}) => enabled && !blocking),
      judged,
    );
  });

const view = (id: string, there: readonly Resource[]): View => ({
  ...{stack: "eastus2", id, now: undefined, options: {}},
  all: (type) => there.filter((one) => one.type === type),
  inside: () => [],
  find: (wanted) => there.find((one) => one.id === wanted && one.id !== id),
});

const said = (resource: Resource, change: Inputs = {}, there = made) =>
  kindOf(resource.type)!
    .check({...resource.inputs, ...change}, view(resource.id, there))
    .join("\n");

test("refused: a deployment by a filter that its account has not, and a filter that Azure does not know", () => {
  const [deployment] = all(DEPLOYMENT) as [Resource];
  const [policy] = all(POLICY) as [Resource];
  const without = made.filter((one) => one !== policy);
  assert.equal(said(deployment), "");
  assert.match(said(deployment, {}, without), /^RaiPolicyNotFound: The content filter 'code'/);
  const {properties} = policy.inputs as {properties: Inputs};
  const change = (other: object) => said(policy, {properties: {...properties, ...other}});
  assert.equal(change({}), "");
  assert.match(change({basePolicyName: "Microsoft.Gone"}), /^RaiPolicyNotFound: The base/);
  const wrong = {contentFilters: [{name: "Jailbreak", source: "Completion"}]};
  assert.match(change(wrong), /^InvalidContentFilter: .*'Jailbreak' of 'Completion'/);
  const kind = kindOf(POLICY)!;
  const own = {...policy, id: policy.id.replace(/code$/, "Microsoft.Default")};
  assert.match(kind.check(policy.inputs, view(own.id, made)).join(), /^InvalidRaiPolicyName/);
});

test("refused: taking a filter away while a deployment is judged by it", () => {
  const [policy] = all(POLICY) as [Resource];
  const [, kind] = contentFilter[0]!;
  assert.match(
    kind.checkRemoval!(policy, view(policy.id, made)).join(),
    /^RaiPolicyInUse: .*'code'/,
  );
  assert.deepEqual(kind.checkRemoval!(policy, view(policy.id, [policy])), []);
});

test("an account takes one write at a time: its filters' too", () => {
  const [policy] = all(POLICY) as [Resource];
  assert.equal(kindOf(POLICY)!.locks!(policy.id, {}), kindOf(DEPLOYMENT)!.locks!(policy.id, {}));
});
