import type {Place} from "../../regions/places/places.ts";
import {resolve} from "../world/connect.ts";
import type {RunningWorld} from "../world/world.ts";

/** A region that has a twentieth of its pool's weight is still found, seven times in eight. */
const ASKED = 40;

/**
 * What DNS answers one of the people of a place: one whom it sends to this region, if it sends anybody there.
 * Regions of a pool share its people by weight, an answer at a time.
 */
export async function resolveTo(
  running: RunningWorld,
  place: Place,
  region: string | undefined,
): Promise<string> {
  const wanted = running.regions.find(({name}) => name === region)?.address;
  let address = await resolve(running, place);
  for (let asked = 1; asked < ASKED && isElsewhere(address, wanted); asked++)
    address = await resolve(running, place);
  return address;
}

const isElsewhere = (address: string, wanted: string | undefined) =>
  wanted !== undefined && address !== wanted;
