import {changedPaths, within} from "./changes.ts";
import type {Inputs, Kind} from "./cloud.ts";
import type {Frozen} from "./frozen.ts";

/** What the engine makes of other inputs, by what the provider of their type tells it. */
export interface Consequence {
  /** What is different, by dotted path. */
  readonly changes: readonly string[];
  /** Which of it makes it another resource. */
  readonly replaces: readonly string[];
  /** Which of it is refused when `up` comes to it; nothing where it is replaced. */
  readonly frozen: readonly Frozen[];
  /** Whether the old one has to go before the new one comes, unless the program says otherwise. */
  readonly deleteFirst: boolean;
}

/** Undefined is a kind that nothing is known of: all of it is changed in place. */
export function consequenceOf(
  kind: Kind | undefined,
  {id, inputs: olds}: {id: string; inputs: Inputs},
  {stack, inputs: news}: {stack: string; inputs: Inputs},
): Consequence {
  const changes = changedPaths(olds, news);
  const replaces = changes.filter((path) => within(path, kind?.fixed ?? []));
  const another = replaces.length > 0;
  const sameId = kind?.id(news, stack) === id;
  return {
    changes,
    replaces,
    frozen: another ? [] : (kind?.frozen?.(olds, news) ?? []),
    deleteFirst: another && (sameId || kind?.deletesFirst === true),
  };
}
