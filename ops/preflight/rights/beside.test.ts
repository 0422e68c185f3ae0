import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {SUBSCRIPTION} from "../../../cloud/azure/arm.ts";
import {runStacks} from "../../../cloud/stacks/stacks.ts";
import {smallWorld} from "../../../infra/fixture.ts";
import type {Region, World} from "../../../regions/world.ts";
import type {Arm} from "../azure/arm.ts";
import {preflight} from "../checks.ts";
import {besides, judgeBeside, neededOn, type There} from "./beside.ts";
import {actionOf} from "./stack-rights.rig.ts";

const HUB = "00000000-0000-4000-8000-0000000000aa";
const inHub = (type: string, name: string) =>
  `/subscriptions/${HUB}/resourceGroups/hub/providers/Microsoft.${type}/${name}`;
const spoke = `/subscriptions/${SUBSCRIPTION}/resourceGroups/spoke/providers/Microsoft.Network/virtualNetworks/spoke`;
const registry = inHub("ContainerRegistry", "registries/corporate");
const vault = inHub("KeyVault", "vaults/corporate");
const logs = inHub("OperationalInsights", "workspaces/corporate");
const zone = inHub("Network", "dnszones/example.com");
const zones = `/subscriptions/${HUB}/resourceGroups/hub`;
const nodes = `${spoke}/subnets/nodes`;
const endpoints = `${spoke}/subnets/endpoints`;

const keyOf = (name: string) => `${inHub("KeyVault", "vaults/keys")}/keys/${name}`;
const storage = inHub("Storage", "storageAccounts/flows");
const hub = inHub("Network", "virtualNetworks/hub");

const [first, second] = smallWorld.regions as [Region, Region];
const spoked: Region = {
  ...first,
  existing: {
    network: {nodes, endpoints, zones},
    registry: undefined,
    vault,
    logs: undefined,
    hubs: [],
  },
};
const guarded: Region = {
  ...second,
  existing: {...second.existing, hubs: [hub]},
  encryption: {key: keyOf("models"), of: ["models"]},
  flowLogs: {storage, days: 90, analytics: false},
};
const world: World = {
  ...smallWorld,
  service: {
    ...smallWorld.service,
    existing: {zone, registry, logs},
    encryption: {key: keyOf("images")},
    images: {
      ...smallWorld.service.images,
      dockerHub: {vault: inHub("KeyVault", "vaults/docker"), user: "user", token: "token"},
    },
  },
  regions: [spoked, guarded],
};
const stacks = ["global", first.name, second.name, "fallback", "dns"];
const kindsOf = (there: readonly There[]) => there.map(({kind}) => kind).toSorted();
const inTheirs = () => SUBSCRIPTION;

describe("what is there already in another subscription", () => {
  test("is all that the stacks use, each once", () =>
    assert.deepEqual(kindsOf(besides(world, stacks, inTheirs)), [
      "dockerHub",
      "hub",
      "key",
      "key",
      "logs",
      "registry",
      "storage",
      "vault",
      "zone",
      "zones",
    ]));

  test("is what the stacks that are asked about use", () => {
    assert.deepEqual(kindsOf(besides(world, ["dns"], inTheirs)), ["hub", "zone"]);
    assert.deepEqual(kindsOf(besides(world, ["global"], inTheirs)), [
      "dockerHub",
      "key",
      "logs",
      "registry",
    ]);
    assert.deepEqual(kindsOf(besides(world, [second.name], inTheirs)), [
      "key",
      "logs",
      "registry",
      "storage",
    ]);
  });

  test("is nothing where the stacks are in that subscription, whose rights are asked as a whole", () =>
    assert.deepEqual(
      besides(world, stacks, () => HUB),
      [],
    ));

  test("needs the rights for all that the stacks make there, and for nothing else that they make", async () => {
    const built = await runStacks(world);
    const made = built.stacks
      .flatMap(({resources}) => resources.map(({id}) => id))
      .filter((id) => id.startsWith(`/subscriptions/${HUB}/`));
    const asked = Object.values(neededOn).flatMap((roles) => Object.values(roles).flat());
    const writes = new Set<string>(asked.filter((action) => action.endsWith("/write")));
    assert.deepEqual([...new Set(made.flatMap(actionOf))].toSorted(), [...writes].toSorted());
  });
});

test("a right that is missing is asked for where it is needed, by its role", () => {
  const permission = {notActions: [], dataActions: [], notDataActions: []};
  const only = {...permission, actions: ["Microsoft.KeyVault/*"]};
  const verdicts = judgeBeside({kind: "vault", id: vault}, [only]);
  assert.deepEqual(
    verdicts.map(({asked, status, mend}) => [asked, status, mend]),
    [
      ["Contributor", "ok", undefined],
      [
        "Role Based Access Control Administrator",
        "short",
        `ask for the role Role Based Access Control Administrator on ${vault}`,
      ],
    ],
  );
});

test("preflight asks on each, and one that does not answer hides no other", async () => {
  const asked: string[] = [];
  const arm = {
    list: async (path: string) => {
      asked.push(path);
      if (path.startsWith(zone)) throw new Error("no");
      return [];
    },
  } as unknown as Arm;
  const findings = await preflight({
    ...{world, arm, stacks: ["dns", "global"], subscriptionOf: inTheirs},
    ...{progress: () => {}, now: () => 0},
  });
  const of = (name: string) =>
    findings.filter((one) => one.of === name).map(({status, found}) => `${status}: ${found}`);
  assert.deepEqual(of("zone example.com"), ["unknown: no"]);
  assert.match(of("logs corporate").join(), /^short: may not Microsoft.Operational/);
  assert.equal(of("registry corporate").length, 2);
  for (const id of [zone, registry, logs])
    assert.ok(asked.includes(`${id}/providers/Microsoft.Authorization/permissions`), id);
});
