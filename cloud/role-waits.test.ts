import assert from "node:assert/strict";
import {before, describe, test} from "node:test";
import {roles} from "../infra/azure/roles.ts";
import {smallWorld} from "../infra/fixture.ts";
import type {Resource} from "./resource.ts";
import {jobLastsS, ROLE_DELAY_S, roleWaits} from "./role-waits.ts";
import {runStacks} from "./stacks/stacks.ts";

test("a job's waits, as Kubernetes has them", () =>
  assert.deepEqual([0, 1, 3, 6, 8].map(jobLastsS), [0, 10, 70, 630, 1350]));

describe("the stacks", () => {
  let made: readonly Resource[];
  const all = (type: string) => made.filter((one) => one.type === type);
  before(async () => {
    made = (await runStacks(smallWorld)).stacks.flatMap(({resources}) => resources);
  });

  test("give no role by which somebody asks only once", () => {
    const given = new Set(
      all("azure-native:authorization:RoleAssignment").map(({inputs}) =>
        String(inputs.roleDefinitionId).split("/").at(-1),
      ),
    );
    const names = Object.entries(roles).filter(([, id]) => given.has(id));
    assert.equal(names.length, given.size);
    for (const [name] of names)
      assert.notEqual(roleWaits[name as keyof typeof roles].source, "", name);
  });

  test("have jobs that outlast the wait for a role", () => {
    const jobs = all("kubernetes:batch/v1:Job");
    assert.ok(jobs.length > 0);
    for (const {name, inputs} of jobs) {
      const {backoffLimit = 0} = inputs.spec as {backoffLimit?: number};
      assert.ok(jobLastsS(backoffLimit) > ROLE_DELAY_S, `${name}: ${jobLastsS(backoffLimit)} s`);
    }
  });
});
