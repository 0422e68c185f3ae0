import {type Place, places} from "../../regions/places/places.ts";

/**
 * The world has no map of who owns which address. Instead each place has a /24 of 240.0.0.0/4, which
 * the Internet does not use (RFC 1112, 4): the nth place of places.ts has 240.(n / 256).(n mod 256).0.
 */
export function subnetOf(place: Place): string {
  const index = places.indexOf(place);
  return `240.${index >> 8}.${index & 255}.0/24`;
}

/** The place of a client's subnet; undefined for one that is no place's, or too wide to be one's. */
export function placeOfSubnet(subnet: string): Place | undefined {
  const [address = "", length] = subnet.split("/");
  const [first, high, low] = address.split(".").map(Number) as [number, number, number];
  return first === 240 && Number(length) >= 24 ? places[high * 256 + low] : undefined;
}
