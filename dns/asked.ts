import {continentByCode, placeGroups} from "../regions/places/place-groups.ts";
import {
  type Follower,
  followers,
  type Place,
  placeByCode,
  places,
} from "../regions/places/places.ts";

/** What a code stands for: one place, or several. */
export type Asked = AskedPlace | AskedGroup;

export interface AskedPlace {
  readonly place: Place;
  /** Set where the code belongs to something that is not a place in the plan. */
  readonly follower?: Follower;
  /** What the same code means in another system, and how to ask for that instead. */
  readonly also?: Alternative;
}

export interface AskedGroup {
  readonly code: string;
  readonly name: string;
  readonly places: readonly Place[];
  readonly also?: Alternative;
}

interface Alternative {
  readonly name: string;
  readonly code: string;
}

/**
 * Takes any code of routing, Traffic Manager or octoDNS, in upper or lower case. A code that octoDNS uses for a
 * continent and others for something else means the latter: `AF` is Afghanistan, `EU` the union.
 */
export function askedFor(code: string): Asked | undefined {
  const [upper, lower] = [code.toUpperCase(), code.toLowerCase()];
  const continent = continentByCode(upper);
  const also = continent && {also: {name: continent.name, code: continent.code}};
  const follower = followers.find((one) => one.code === upper);
  if (follower) return {place: follower.with, follower};
  const place = placeByCode(upper);
  if (place) return {place, ...also};
  const group = placeGroups.get(upper) ?? placeGroups.get(lower);
  if (group) return {...groupOf(group), ...also};
  return continent ? groupOf(continent) : trafficManagerGroup(upper);
}

const groupOf = ({
  code,
  name,
  has,
}: NonNullable<ReturnType<typeof placeGroups.get>>): AskedGroup => ({
  ...{code, name},
  places: places.filter((place) => has(place.code)),
});

function trafficManagerGroup(code: string): AskedGroup | undefined {
  const members = places.filter(({group}) => group === code);
  if (members.length === 0) return undefined;
  return {code, name: "Group of Traffic Manager", places: members};
}
