import assert from "node:assert/strict";
import {test} from "node:test";
import {judgeRights, type Permission} from "./rights.ts";

const permission = (changes: Partial<Permission>): Permission => ({
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  ...changes,
});
/** As https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged gives them. */
const contributor = permission({
  actions: ["*"],
  notActions: ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
});
const administrator = permission({
  actions: ["Microsoft.Authorization/roleAssignments/write", "*/read"],
});
const clusters = permission({dataActions: ["Microsoft.ContainerService/managedClusters/*"]});

const cases: Record<string, [permissions: Permission[], said: string[]]> = {
  "the three roles": [
    [contributor, administrator, clusters],
    ["ok", "ok", "ok"],
  ],
  "Contributor alone": [[contributor], ["ok", "short", "short"]],
  "an owner, who is none in clusters": [[permission({actions: ["*"]})], ["ok", "ok", "short"]],
  "what one role excludes, another allows": [
    [contributor, permission({actions: ["microsoft.authorization/roleassignments/*"]})],
    ["ok", "ok", "short"],
  ],
  "data actions are no actions": [[permission({dataActions: ["*"]})], ["short", "short", "ok"]],
  "a dot is a dot": [
    [permission({actions: ["MicrosoftXAuthorization/*"]})],
    ["short", "short", "short"],
  ],
  "what is excluded from data actions": [
    [permission({dataActions: ["*"], notDataActions: ["*/secrets/*"]})],
    ["short", "short", "short"],
  ],
  nobody: [[], ["short", "short", "short"]],
};
for (const [name, [permissions, said]] of Object.entries(cases))
  test(`rights: ${name}`, () => {
    assert.deepEqual(
      judgeRights(permissions).map(({status}) => status),
      said,
    );
  });

test("what is missing is named, and not all of much", () => {
  const [all, one] = judgeRights([]);
  assert.match(all!.found, /^may not (Microsoft\S+, ){2}Microsoft\S+ and \d\d more$/);
  assert.equal(one!.found, "may not Microsoft.Authorization/roleAssignments/write");
});
