import type {Place} from "../regions/places/places.ts";
import {coverage} from "./coverage.ts";
import type {Tree} from "./geography.ts";
import type {MergedChain} from "./merged-chains.ts";
import {peopleIn} from "./people.ts";

/** The plan as far as a hierarchy of codes can say it. */
export interface Answers {
  /** Only chains that answer at least one place. */
  readonly chains: readonly MergedChain[];
  /** The codes of each chain, by its name, in order. */
  readonly codes: ReadonlyMap<string, readonly string[]>;
  /** Places that have no code of their own and are therefore answered differently from the plan. */
  readonly deviations: readonly Deviation[];
}

export interface Deviation {
  readonly place: Place;
  /** The code under which it is answered: its own, or that of the group above it. */
  readonly as: string;
  readonly planned: MergedChain;
  readonly given: MergedChain;
}

/**
 * The fewest codes that answer each place as planned. A country all of whose states have no code is
 * answered, states and all, as most of its people are planned to be; what else has no code, as what is
 * above it. Throws where that breaks a residency; `who` is what the message calls the hierarchy's owner.
 */
export function answersIn(tree: Tree, planned: readonly MergedChain[], who: string): Answers {
  const folded = countries(tree).reduce(fold, planned);
  const [plannedFor, byName] = [byPlace(planned), new Map(folded.map((one) => [one.name, one]))];
  const codes = coverage(folded, tree, (place, name) => {
    const own = plannedFor.get(place)!;
    if (own.name === name) return 0;
    return keeps(own, byName.get(name)!) ? 1 : BREACH;
  });
  const chains = folded.filter(({name}) => codes.get(name)!.length > 0);
  const byCode = new Map(
    chains.flatMap((chain) => codes.get(chain.name)!.map((code) => [code, chain] as const)),
  );
  const deviations = answersUnder(tree, byCode)
    .map((answer) => ({...answer, planned: plannedFor.get(answer.place)!}))
    .filter(({planned, given}) => planned.pools.join() !== given.pools.join())
    .toSorted((a, b) => (a.place.code < b.place.code ? -1 : 1));
  refuseBreaches(deviations, who);
  return {chains, codes, deviations};
}

/** Higher than the number of codes, so that keeping a residency always wins. */
const BREACH = 1000;

const byPlace = (chains: readonly MergedChain[]): Map<Place, MergedChain> =>
  new Map(chains.flatMap((chain) => chain.places.map(({place}) => [place, chain] as const)));

/** A chain lists every pool that may serve its places, so an answer from any subset keeps their residency. */
const keeps = (planned: MergedChain, given: MergedChain): boolean =>
  given.pools.every((pool) => planned.pools.includes(pool));

const nodesOf = (tree: Tree): Tree[] => [tree, ...tree.children.flatMap(nodesOf)];

/** Countries with states that have no code of their own. */
const countries = (tree: Tree): Place[][] =>
  nodesOf(tree).flatMap(({place, unnamed = []}) =>
    place && unnamed.length > 0 ? [[place, ...unnamed]] : [],
  );

/** Gives a whole country to one chain: the one that serves most of its people and keeps every residency in it. */
function fold(chains: readonly MergedChain[], parts: readonly Place[]): MergedChain[] {
  const planned = byPlace(chains);
  const own = [...new Set(parts.map((place) => planned.get(place)!))];
  const open = own.filter((chain) => own.every((other) => keeps(other, chain)));
  const people = (chain: MergedChain) =>
    parts.filter((place) => planned.get(place) === chain).reduce((sum, p) => sum + peopleIn(p), 0);
  const chosen = (open.length > 0 ? open : own).reduce((a, b) => (people(b) > people(a) ? b : a));
  const moved = own.flatMap(({places}) => places.filter(({place}) => parts.includes(place)));
  return chains
    .map((chain) => {
      const kept = chain.places.filter(({place}) => !parts.includes(place));
      return {...chain, places: chain === chosen ? [...kept, ...moved] : kept};
    })
    .filter(({places}) => places.length > 0);
}

/** For each place, the code under which it is answered and the chain that answers. */
function answersUnder(
  {code, place, unnamed = [], children}: Tree,
  byCode: ReadonlyMap<string, MergedChain>,
  above?: MergedChain,
): Omit<Deviation, "planned">[] {
  const given = byCode.get(code) ?? above!;
  return [
    ...[...(place ? [place] : []), ...unnamed].map((place) => ({place, as: code, given})),
    ...children.flatMap((child) => answersUnder(child, byCode, given)),
  ];
}

function refuseBreaches(deviations: readonly Deviation[], who: string): void {
  const faults = deviations.filter(({planned, given}) => !keeps(planned, given));
  if (faults.length === 0) return;
  const lines = faults.map(
    ({place, as, given}) =>
      `  - ${place.name} (${place.code}): has no code there, and is answered as ${as} by ${given.pools.join(", then ")}`,
  );
  throw new Error(
    `${who} cannot keep every residency of this plan:\n${lines.join("\n")}\nGive what these are answered as the same residency in routing.residency, or lift theirs.`,
  );
}
