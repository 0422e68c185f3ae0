import {changedPaths, within} from "./changes.ts";
import type {Inputs} from "./cloud.ts";

/** A property that the provider asks to be changed, and never is. */
export interface Frozen {
  /** Dotted. */
  readonly path: string;
  /** What the real one says. */
  readonly reason: string;
}

type Say = (path: string, olds: Inputs, news: Inputs) => string;

/** Properties that Azure never changes, and what it says instead. */
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
