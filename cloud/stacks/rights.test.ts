import assert from "node:assert/strict";
import {before, test} from "node:test";
import {deployerCondition} from "../../infra/azure/deployer.ts";
import {roles} from "../../infra/azure/roles.ts";
import {fullWorld} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {guardedWorld} from "../../infra/guarded.ts";
import type {Inputs} from "../resource.ts";
import {runStacks, type Stack} from "./stacks.ts";

let stacks: readonly Stack[];
let guarded: readonly Stack[];
let gpus: readonly Stack[];
before(async () => {
  ({stacks} = await runStacks(fullWorld));
  ({stacks: guarded} = await runStacks(guardedWorld));
  ({stacks: gpus} = await runStacks(gpuWorld, {stacks: ["eastus2"]}));
});

const all = (type: string, of = stacks) =>
  of.flatMap(({name, resources}) =>
    resources.filter((one) => one.type === type).map(({inputs}) => ({stack: name, inputs})),
  );

const grants = (of = stacks) => all("azure-native:authorization:RoleAssignment", of);

/** A role by its name, for a kind of principal. */
const pair = (role: string, principals: string) => `${role} to ${principals}`;

const nameOf = (id: string) =>
  Object.entries(roles).find(([, known]) => id.endsWith(known))?.[0] ?? id;

test("whoever deploys may grant what the stacks grant, and nothing else", () => {
  const made = new Set(
    grants([...stacks, ...guarded, ...gpus]).map(({inputs}) =>
      pair(nameOf(String(inputs.roleDefinitionId)), String(inputs.principalType)),
    ),
  );
  const [write, remove] = deployerCondition().split("\nAND\n(");
  assert.match(
    write!,
    /^\(\n {2}!\(ActionMatches\{'Microsoft.Authorization\/roleAssignments\/write'\}\)/,
  );
  assert.match(
    remove!,
    /^\n {2}!\(ActionMatches\{'Microsoft.Authorization\/roleAssignments\/delete'\}\)/,
  );
  for (const [clause, source] of [
    [write!, "Request"],
    [remove!, "Resource"],
  ] as const)
    assert.deepEqual([...allowedBy(clause, source)].toSorted(), [...made].toSorted());
});

/** The roles and principals that one half of a condition lets through. */
function allowedBy(clause: string, source: string): Set<string> {
  const grant = `@${source}[Microsoft.Authorization/roleAssignments:`;
  const alternatives = clause.split(`${grant}RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {`);
  return new Set(
    alternatives.slice(1).flatMap((alternative) => {
      const [ids = "", rest = ""] = alternative.split("}", 2);
      const of = `${grant}PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'`;
      assert.ok(rest.includes(of), rest);
      const principals = rest.split(of)[1]!.split("'")[0]!;
      return ids.split(", ").map((id) => pair(nameOf(id), principals));
    }),
  );
}

test("a cluster may change its subnet and its address, and only read what is beside them", () => {
  const principals = new Map(
    all("azure-native:containerservice:ManagedCluster").map(({stack}) => [stack, clusterOf(stack)]),
  );
  assert.equal(principals.size, fullWorld.regions.length);
  for (const [region, principal] of principals)
    assert.deepEqual(granted(principal), [
      `Network Contributor on publicIPAddresses/edge`,
      `Network Contributor on subnets/nodes`,
      `Reader on resourceGroups/meridian-${region}`,
    ]);
});

/** The object id of a cluster's identity. */
function clusterOf(region: string): unknown {
  const {resources} = stacks.find(({name}) => name === region)!;
  const identity = resources.find(
    ({type, inputs}) => type.endsWith(":UserAssignedIdentity") && inputs.resourceName === "cluster",
  );
  return (identity!.outputs as Inputs).principalId;
}

const granted = (principal: unknown) =>
  grants()
    .filter(({inputs}) => inputs.principalId === principal)
    .map(({inputs: {roleDefinitionId, scope}}) => {
      const on = String(scope).split("/").slice(-2).join("/");
      return `${nameOf(String(roleDefinitionId))} on ${on}`;
    })
    .toSorted();
