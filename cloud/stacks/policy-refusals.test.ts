import assert from "node:assert/strict";
import {before, describe, test} from "node:test";
import fc from "fast-check";
import {roles} from "../../infra/azure/roles.ts";
import {insideWorld} from "../../infra/fixture.ts";
import {isExempt} from "../../infra/policy-pack/exemptions.ts";
import {refusals} from "../../infra/policy-pack/judgement.ts";
import {podKinds, specOf} from "../../infra/policy-pack/pod-specs.ts";
import {resourcePolicies} from "../../infra/policy-pack/policies.ts";
import {
  type Demand,
  type Inputs,
  partsOf,
  type ResourcePolicy,
  type Subject,
} from "../../infra/policy-pack/policy.ts";
import {isInternal} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {bad, INTERNAL} from "./policy-pack.cases.ts";
import {changed, subjectsOf, world} from "./policy-pack.rig.ts";

let subjects: readonly Subject[] = [];
before(async () => {
  subjects = await subjectsOf();
});

interface Case {
  readonly policy: ResourcePolicy;
  readonly subject: Subject;
  readonly demand: Demand;
  readonly values: readonly unknown[];
}

/** Every demand of every policy of every resource, with what breaks it. */
const cases = (): Case[] =>
  resourcePolicies.flatMap((policy) =>
    subjects.flatMap((subject) =>
      policy.demandsOf(subject.type).map((demand) => ({
        ...{policy, subject, demand},
        values: badOf(policy, subject.type, demand) ?? [],
      })),
    ),
  );

function badOf({name}: ResourcePolicy, type: string, {path}: Demand) {
  const [kind, keys] = placeOf(type, path);
  const table = bad[name]?.[kind] ?? bad[name]?.["*"];
  return table?.[keys.join(".")];
}

/** Pods and containers are judged alike, whatever makes them. */
function placeOf(type: string, path: readonly string[]): [kind: string, keys: readonly string[]] {
  const keys = path.slice(specOf(type)?.length ?? 0);
  if (!podKinds.includes(type)) return [type, path];
  return /^(init)?containers$/i.test(keys[0]!) ? ["container", keys.slice(2)] : ["pod", keys];
}

const isExempted = ({policy, subject, demand}: Case) => isExempt(policy.name, subject, demand.path);

describe("each policy, of each type of resource that it is about", () => {
  test("is given values that it refuses, or is let be", () => {
    const without = cases()
      .filter((one) => one.values.length === 0 && !isExempted(one))
      .map(({policy, subject, demand}) => [policy.name, subject.type, demand.path.join(".")]);
    assert.deepEqual(without, []);
  });

  test("every value that is given is one of a demand there is", () => {
    const used = new Set(
      cases().map(({policy, subject, demand}) =>
        [policy.name, ...placeOf(subject.type, demand.path).flat()].join(" "),
      ),
    );
    const given = Object.entries(bad).flatMap(([policy, kinds]) =>
      Object.entries(kinds).flatMap(([kind, places]) =>
        Object.keys(places).map((place) => [policy, kind, place] as const),
      ),
    );
    assert.ok(given.length > 50);
    for (const [policy, kind, place] of given)
      assert.ok(
        [...used].some((one) => isOf(one, policy, kind, place)),
        `${policy} ${kind} ${place}`,
      );
  });

  const isOf = (used: string, policy: string, kind: string, place: string) => {
    const [name, type, ...keys] = used.split(" ");
    return name === policy && (kind === "*" || kind === type) && keys.join(".") === place;
  };

  test("refuses each, and tells policy, resource, value, why and mend", () => {
    let refused = 0;
    for (const {policy, subject, demand, values} of cases().filter((one) => !isExempted(one)))
      for (const value of values.filter((value) => isBadIn(subject.stack, demand, value))) {
        const inputs = changed(subject.inputs, demand.path, value);
        const said = refusals(world, [{...subject, inputs}]).filter((text) =>
          text.startsWith(`${policy.name}: `),
        );
        const what = `${policy.name} ${subject.stack} ${subject.type} ${demand.path} ${JSON.stringify(value)}`;
        assert.ok(said.length > 0, what);
        const where = `: stack ${subject.stack}, ${subject.type} "${subject.name}": `;
        for (const part of [where, demand.wants, policy.why, ` Mend: ${policy.mend}`])
          assert.ok(said[0]!.includes(part), `${what}: ${said[0]}`);
        if (demand.hidden && typeof value === "string") assert.ok(!said[0]!.includes(value), what);
        refused += 1;
      }
    assert.ok(refused > 1000, `${refused}`);
  });
});

/** Some are bad only where regions.yaml says more. */
function isBadIn(stack: string, {path}: Demand, value: unknown): boolean {
  const region = world.regions.find(({name}) => name === stack);
  const last = path.at(-1);
  if (last === "enablePrivateCluster") return region?.cluster.private === true;
  if (last === "authorizedIPRanges") return region?.access !== undefined;
  if (last === INTERNAL) return region !== undefined && isInternal(region);
  return !isHttps(partsOf(value)) || !!region?.edge.allow;
}

const isHttps = ({protocol, destinationPortRange, destinationPortRanges}: Inputs) =>
  protocol === "Tcp" && destinationPortRange === "443" && !destinationPortRanges;

test("a switch is refused whatever stands in its place", () => {
  const switches = cases().filter(
    ({demand, subject}) => subject.stack === "eastus2" && /^(true|false)$/.test(demand.wants),
  );
  assert.ok(switches.length > 20);
  fc.assert(
    fc.property(
      fc.constantFrom(...switches),
      fc.jsonValue(),
      ({policy, subject, demand}, value) => {
        fc.pre(JSON.stringify(value) !== demand.wants);
        const inputs = changed(subject.inputs, demand.path, value);
        const said = refusals(world, [{...subject, inputs}]).join("\n");
        assert.ok(said.includes(`${policy.name}: `), said);
      },
    ),
    {numRuns: 300},
  );
});

test("whatever stands in its place, a value is judged, and ends no judgement", () => {
  fc.assert(
    fc.property(fc.constantFrom(...cases()), fc.jsonValue(), ({subject, demand}, value) => {
      const inputs = changed(subject.inputs, demand.path, value);
      assert.doesNotThrow(() => refusals(world, [{...subject, inputs}]));
    }),
    {numRuns: 1000},
  );
});

test("where the entrance is internal a load balancer without that annotation is refused, and nothing else is", () => {
  const type = "kubernetes:core/v1:Service";
  const said = (of: World, kind: string, value?: unknown) => {
    const inputs = {spec: {type: kind}, metadata: {annotations: {[INTERNAL]: value}}};
    return refusals(of, [{stack: "eastus2", type, name: "edge", inputs}]).length;
  };
  const values = bad["no-public-access"]![type]![`metadata.annotations.${INTERNAL}`]!;
  for (const value of values) {
    assert.equal(said(insideWorld, "LoadBalancer", value), 1, String(value));
    assert.equal(said(insideWorld, "ClusterIP", value), 0);
    assert.equal(said(world, "LoadBalancer", value), 0);
  }
  assert.equal(said(insideWorld, "LoadBalancer", "true"), 0);
});

describe("a role", () => {
  const group = "/subscriptions/s/resourceGroups/g";
  const cases: Readonly<
    Record<string, [role: keyof typeof roles, to: string, on: string, taken: boolean]>
  > = {
    "that reads a group": ["Reader", "ServicePrincipal", group, true],
    "that opens all vaults of a group": [
      "Key Vault Secrets User",
      "ServicePrincipal",
      group,
      false,
    ],
    "that opens one": ["Key Vault Secrets User", "ServicePrincipal", `${group}/providers/v`, true],
    "of people who administer a cluster": [
      "Azure Kubernetes Service RBAC Cluster Admin",
      "Group",
      `${group}/providers/c`,
      true,
    ],
    "of people who pull images": ["AcrPull", "Group", `${group}/providers/r`, false],
  };
  for (const [name, [role, principalType, scope, taken]] of Object.entries(cases))
    test(`${name} is ${taken ? "taken" : "refused"}`, () => {
      const inputs = {roleDefinitionId: `/roleDefinitions/${roles[role]}`, principalType, scope};
      const type = "azure-native:authorization:RoleAssignment";
      const said = refusals(world, [{stack: "eastus2", type, name: "one", inputs}]);
      assert.equal(said.length === 0, taken, said.join("\n"));
    });
});
