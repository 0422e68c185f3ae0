import {parseArmId} from "../infra/azure/arm-id.ts";
import {changedPaths, within} from "./changes.ts";
import type {Frozen, Inputs, Kind} from "./resource.ts";

/** What the engine does about changed inputs, by what the provider of their type tells it. */
export interface Consequence {
  /** Dotted paths that differ. */
  readonly changes: readonly string[];
  /** Those of them that make it another resource. */
  readonly replaces: readonly string[];
  /** Changes that `up` is refused when it comes to them; none where the resource is replaced. */
  readonly frozen: readonly Frozen[];
  /** Whether the old one is deleted before the new one is made, unless the program says otherwise. */
  readonly deleteFirst: boolean;
}

/** Where the kind is unknown, everything is taken to change in place. */
export function consequenceOf(
  kind: Kind | undefined,
  {id, inputs: olds}: {id: string; inputs: Inputs},
  {stack, inputs: news}: {stack: string; inputs: Inputs},
): Consequence {
  const changes = changedPaths(olds, news);
  const replaces = changes.filter((path) => within(path, kind?.fixed ?? []));
  const another = replaces.length > 0;
  const sameId = kind?.id(news, stack, parseArmId(id).subscription) === id;
  return {
    changes,
    replaces,
    frozen: another ? [] : (kind?.frozen?.(olds, news) ?? []),
    deleteFirst: another && (sameId || kind?.deletesFirst === true),
  };
}

type Say = (path: string, olds: Inputs, news: Inputs) => string;

/** Properties that the cloud never changes, and what it says instead. */
export const never =
  (paths: readonly string[], say: Say = notAllowed) =>
  (olds: Inputs, news: Inputs): Frozen[] =>
    changedPaths(olds, news)
      .filter((path) => within(path, paths))
      .map((path) => ({path, reason: say(path, olds, news)}));

/** In Azure's words. */
export function notAllowed(path: string): string {
  return `PropertyChangeNotAllowed: Changing property '${path}' is not allowed.`;
}
