import {parseWorld} from "../../regions/read.ts";
import type {Written, WrittenRegion} from "../../regions/schema.ts";
import type {World} from "../../regions/world.ts";
import {WorldError} from "../../regions/world-error.ts";

type Service = Written["service"];
type Usual = "name" | "zone" | "objective";

/** What regions.yaml says of all regions, as it is written there. */
export interface Settings {
  /** Left out: the name is meridian, the zone what holds the hostname, the objective 99.5 % within 1.5 s. */
  readonly service: Omit<Service, Usual | "home"> &
    Partial<Pick<Service, Usual>> & {
      /** The Azure location of the stack `global`. */
      readonly home: string;
    };
  readonly models: Written["models"];
  readonly filters?: Written["filters"];
  readonly traffic?: Written["traffic"];
}

interface OneRegion extends Settings {
  readonly location: string;
  readonly region: WrittenRegion;
}

/** What regions.yaml has to say of every region, for one that says nothing of it. */
const USUAL = {cluster: {nodes: "3-12", size: "Standard_D4ds_v5"}, proxies: "3-30"} as const;

/** The world of one region, checked as regions.yaml is. Throws an error with all faults, by the arguments' names. */
export function worldOf(
  name: string,
  {location, region, service, models, filters, traffic}: OneRegion,
): World {
  if (service.tokens.keys !== undefined)
    throw new Error(`Region ${name} is not valid:\n  - service.tokens.keys: ${NO_KEYS}`);
  const file = {
    service: {...usualOf(service.hostname), ...service},
    ...{models, filters, traffic, defaults: USUAL, regions: {[location]: region}},
  };
  try {
    return parseWorld(JSON.stringify(file), `Region ${name}`);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    throw new Error(asArguments(error.message, location), {cause: error});
  }
}

const usualOf = (hostname: string): Pick<Service, Usual> => ({
  name: "meridian",
  zone: hostname.slice(hostname.indexOf(".") + 1),
  objective: {success: "99.5%", firstByte: "1500ms"},
});

const NO_KEYS = "needs a secret that the stack global alone has; leave it out";

/** Without lines and columns, which a program has none of, nor `defaults`. */
const asArguments = (message: string, location: string) =>
  message
    .replaceAll(/^( {2}- )\d+:\d+ /gm, "$1")
    .replaceAll(`regions.${location}`, "region")
    .replaceAll(`region: "${location}" is not`, `location: "${location}" is not`)
    .replaceAll("set it here or in defaults", "set it")
    .replaceAll(", here or in defaults", "");
