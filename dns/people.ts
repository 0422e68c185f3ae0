import {type Place, places} from "../regions/places/places.ts";

/** The number of city dwellers; for a country with states, only those not counted in a state. */
export function peopleIn({code, population}: Place): number {
  return population - (inStates.get(code) ?? 0);
}

/** The places' share of the world's city dwellers, 0 to 1. */
export const shareOf = (some: readonly Place[]): number => count(some) / everyone;

/** Median and mean of a value, weighted by population. */
export function overPeople<Item extends {readonly place: Place}>(
  items: readonly Item[],
  measure: (item: Item) => number,
): {readonly median: number; readonly mean: number} {
  // Where nobody lives, each place counts as one person.
  const inhabited = count(items.map(({place}) => place)) > 0;
  const weighed = items
    .map((item) => ({value: measure(item), people: inhabited ? peopleIn(item.place) : 1}))
    .toSorted((a, b) => a.value - b.value);
  const total = sum(weighed.map(({people}) => people));
  let seen = 0;
  const median = weighed.find(({people}) => {
    seen += people;
    return seen >= total / 2;
  });
  return {
    median: median?.value ?? 0,
    mean: sum(weighed.map(({value, people}) => (people > 0 ? value * people : 0))) / total,
  };
}

const count = (some: readonly Place[]): number => sum(some.map(peopleIn));
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const states = places.filter(({azure}) => azure.includes("-"));
const inStates = new Map(
  [...Map.groupBy(states, ({code}) => code.slice(0, code.lastIndexOf("-")))].map(
    ([country, members]) => [country, sum(members.map(({population}) => population))],
  ),
);
const everyone = count(places);
