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
  const written = resources.filter(({type}) => kindOf(type)?.locks);
  return [...Map.groupBy(written, ({type, id}) => kindOf(type)!.locks!(id).toLowerCase())];
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
  assert.deepEqual(groups.toSorted(), [3, 3, 4], "each region's account, and its deployments");
});
