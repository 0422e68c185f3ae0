import {locations} from "../../regions/azure.ts";
import {shortHash} from "../../regions/names.ts";
import type {Region} from "../../regions/world.ts";

/** A weekly time in which Azure may upgrade a cluster. */
export interface Window {
  readonly day: string;
  /** `02:00` */
  readonly startTime: string;
  /** `+01:00` */
  readonly utcOffset: string;
}

/** Nights after which people are at work when something breaks; Friday's ends on a Saturday. */
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday"] as const;
/** The hour at which the fewest people type. */
const HOUR = 2;

/**
 * When a region's cluster is upgraded: as regions.yaml says, else at night by the region's own sun, on
 * one of four days that its name alone decides: no release of Azure's meets all regions at once, and
 * a region that is added changes no other's.
 */
export function windowOf(region: Region): Window {
  const drawn = Number.parseInt(shortHash(region.name), 16) % DAYS.length;
  const {day = DAYS[drawn]!, hour = HOUR} = region.cluster.maintenance ?? {};
  return {day, startTime: `${twoDigits(hour)}:00`, utcOffset: offsetOf(region)};
}

/** Fifteen degrees of longitude are an hour. */
function offsetOf({name}: Region): string {
  const hours = Math.round((locations.get(name)?.longitude ?? 0) / 15);
  return `${hours < 0 ? "-" : "+"}${twoDigits(Math.abs(hours))}:00`;
}

const twoDigits = (number: number) => String(number).padStart(2, "0");
