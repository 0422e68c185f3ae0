import assert from "node:assert/strict";
import {before, test} from "node:test";
import {fullWorld} from "../../infra/fixture.ts";
import type {Resource} from "../resource.ts";
import {kindOf} from "../types.ts";
import {runStacks, type Stack} from "./stacks.ts";

let stacks: readonly Stack[];
before(async () => {
  stacks = (await runStacks(fullWorld)).stacks;
});

/** Everything that is made before a resource: what it depends on, and in turn. */
function madeBefore(resource: Resource, byUrn: ReadonlyMap<string, Resource>): Set<Resource> {
  const found = new Set<Resource>();
  const left = [resource];
  for (let next = left.pop(); next; next = left.pop())
    for (const earlier of (next.dependencies ?? []).flatMap((urn) => byUrn.get(urn) ?? []))
      if (!found.has(earlier)) {
        found.add(earlier);
        left.push(earlier);
      }
  return found;
}

/** By what is written to while they are: Azure answers a second write to it with 409. */
function byTarget({resources}: Stack): [string, Resource[]][] {
  const lockOf = ({type, id, inputs}: Resource) => kindOf(type)?.locks?.(id, inputs);
  const written = resources.filter((resource) => lockOf(resource) !== undefined);
  return [...Map.groupBy(written, (resource) => lockOf(resource)!.toLowerCase())];
}

test("what Azure writes one at a time is made one after the other", () => {
  const groups = stacks.flatMap((stack) => {
    const byUrn = new Map(stack.resources.map((resource) => [resource.urn, resource]));
    return byTarget(stack).map(([, members]) => {
      const counts = members.map((member) => {
        const earlier = madeBefore(member, byUrn);
        return members.filter((other) => earlier.has(other)).length;
      });
      // In a chain the first waits for none of the others, the last for all.
      assert.deepEqual(
        counts.toSorted(),
        [...members.keys()],
        members.map(({name}) => name).join(),
      );
      return members.length;
    });
  });
  // Each account with its deployments and its endpoint; then endpoints of others to those that more than one falls back to.
  assert.deepEqual(groups.filter((count) => count > 1).toSorted(), [2, 2, 4, 4, 5]);
});
