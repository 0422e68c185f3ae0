import type {Place} from "../regions/places/places.ts";
import type {Tree} from "./geography.ts";

/** Places that are to have one answer, under the name of what answers them. */
export interface Group {
  readonly name: string;
  readonly places: readonly {readonly place: Place}[];
}

/**
 * The fewest codes of a hierarchy that give each place its group, by group, in order. A code covers all
 * below it that has none of its own. From the bottom up it is known for each node how many codes are
 * needed below it under each group; from the top down each takes the group that needs the fewest. Places
 * without a code are worth as many codes as `costOf` says that it costs to answer them by a group.
 */
export function coverage(
  groups: readonly Group[],
  tree: Tree,
  costOf: (place: Place, name: string) => number,
): Map<string, string[]> {
  // Among equals the group of most places, then the first by name: it also gets who is nowhere known.
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

  /** A place's own group; else staying with what is inherited, which names nothing, if nothing is better. */
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

  /** How many codes are named below a node that is in this group, and what that costs its unnamed places. */
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

  /** A country's own are answered as it is, which is not chosen here. */
  function unnamed({place, unnamed = []}: Tree, name: string): number {
    return place ? 0 : unnamed.reduce((sum, other) => sum + costOf(other, name), 0);
  }

  function cost(node: Tree, inherited: string): number {
    const name = choose(node, inherited);
    return below(node, name) + Number(name !== inherited);
  }
}
