import {type Fault, nearest} from "../meaning.ts";
import {continentByCode} from "../places/place-groups.ts";
import {followers, PLACE_CODES, placeByCode, routingCode} from "../places/places.ts";

/** What is wrong with a place in routing, with the remedy; empty if it is valid. */
export function unknownPlace(path: Fault["path"], place: string): Fault[] {
  if (routingCode(place) !== undefined) return [];
  return [{path, message: `"${place}" ${mend(place)}`}];
}

/** Places that routing names twice, by either code. */
export function samePlaces(path: Fault["path"], named: readonly string[]): Fault[] {
  return named.flatMap((place, at) => {
    const code = routingCode(place);
    const first = named.slice(0, at).find((other) => routingCode(other) === code);
    if (code === undefined || first === undefined) return [];
    return [{path: [...path, place], message: `is the same place as ${first}; keep one of them`}];
  });
}

function mend(place: string): string {
  const upper = place.toUpperCase();
  const [continent, country] = [continentByCode(upper), placeByCode(upper)];
  if (continent && country)
    return `could be ${continent.name} or ${country.name}; write ${continent.code} or ${country.code}`;
  if (PLACE_CODES.has(upper)) return `is not a place; write ${upper}`;
  if (continent) return `is not a place; write ${continent.code}`;
  if (country) return `is not a place here; write ${country.code}`;
  const follower = followers.find(({code}) => code === upper);
  if (follower)
    return `is not a place: ${follower.name} goes with ${follower.with.name}; write ${follower.with.code}`;
  return `is not a place; ${nearest(place, [...PLACE_CODES])}`;
}
