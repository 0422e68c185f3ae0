import type {Place} from "../regions/places/places.ts";
import type {Tree} from "./geography.ts";

/** Places that share one answer, and the name of that answer. */
export interface Group {
  readonly name: string;
  readonly places: readonly {readonly place: Place}[];
}

/**
 * The fewest codes of a hierarchy that put every place into its group: sorted codes by group. A code covers
 * everything below it that has no code of its own. Working up, each node knows how many codes it needs below
 * it under each group; working down, each takes the group that needs the fewest. For places without a code,
 * `costOf` gives the cost of answering them with a group, counted in codes.
 */
export function coverage(
  groups: readonly Group[],
  tree: Tree,
  costOf: (place: Place, name: string) => number,
): Map<string, string[]> {
  // Ties go to the group with the most places, then the first by name; it also gets users whose place is unknown.
  const names = groups
    .toSorted((a, b) => b.places.length - a.places.length || (a.name < b.name ? -1 : 1))
    .map(({name}) => name);
  const groupOf = new Map(
    groups.flatMap(({name, places}) => places.map(({place}) => [place, name])),
  );
  const codes = new Map<string, string[]>(names.map((name) => [name, []]));
  const memo = new Map<Tree, Map<string, number>>();
  assign(tree, undefined);
  for (const list of codes.values()) list.sort();
  return codes;

  function assign(node: Tree, inherited: string | undefined) {
    const name = choose(node, inherited);
    if (name !== inherited || node.always) codes.get(name)!.push(node.code);
    for (const child of node.children) assign(child, name);
  }

  /** A place keeps its own group; any other node inherits its parent's, which costs no code, unless another is cheaper. */
  function choose(node: Tree, inherited: string | undefined): string {
    const own = ownOf(node);
    if (own !== undefined) return own;
    const best = names.reduce((a, b) => (below(node, b) < below(node, a) ? b : a));
    if (inherited === undefined) return best;
    return below(node, inherited) <= below(node, best) + 1 ? inherited : best;
  }

  function ownOf({place}: Tree): string | undefined {
    return place && groupOf.get(place);
  }

  /** The number of codes needed below a node that is in this group, plus the cost for its unnamed places. */
  function below(node: Tree, name: string): number {
    const known = memo.get(node) ?? new Map<string, number>();
    memo.set(node, known);
    const found = known.get(name) ?? named(node, name) + unnamed(node, name);
    known.set(name, found);
    return found;
  }

  function named({children}: Tree, name: string): number {
    return children.reduce((sum, child) => sum + cost(child, name), 0);
  }

  /** Unnamed states are answered like their country, so there is nothing to choose for them. */
  function unnamed({place, unnamed = []}: Tree, name: string): number {
    return place ? 0 : unnamed.reduce((sum, other) => sum + costOf(other, name), 0);
  }

  function cost(node: Tree, inherited: string): number {
    const name = choose(node, inherited);
    return below(node, name) + Number(name !== inherited);
  }
}
