import type {Stack} from "../../cloud/stacks/stacks.ts";
import {kindOf} from "../../cloud/types.ts";

/** What is billed and has no price here, with the stacks that have it. */
export function unpricedIn(stacks: readonly Stack[]): string[] {
  const found = stacks.flatMap(({name, resources}) =>
    resources.flatMap(({type, inputs}) =>
      (kindOf(type)?.price?.unpriced?.(inputs) ?? []).map((what) => ({what, name})),
    ),
  );
  const byWhat = Map.groupBy(found, ({what}) => what);
  return [...byWhat].map(
    ([what, all]) => `${what}: ${[...new Set(all.map(({name}) => name))].join(", ")}`,
  );
}
