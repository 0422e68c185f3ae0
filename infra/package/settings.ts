import {parseWorld} from "../../regions/read.ts";
import type {Written, WrittenRegion} from "../../regions/schema.ts";
import type {World} from "../../regions/world.ts";
import {WorldError} from "../../regions/world-error.ts";

/** What regions.yaml says of all regions, as it is written there. */
export interface Settings {
  readonly service: Written["service"];
  readonly models: Written["models"];
  readonly filters?: Written["filters"];
  readonly traffic?: Written["traffic"];
}

interface OneRegion extends Settings {
  readonly location: string;
  readonly region: WrittenRegion;
}

/** The world of one region, checked as regions.yaml is. Throws an error with all faults, by the arguments' names. */
export function worldOf(
  name: string,
  {location, region, service, models, filters, traffic}: OneRegion,
): World {
  if (service.tokens.keys !== undefined)
    throw new Error(`Region ${name} is not valid:\n  - service.tokens.keys: ${NO_KEYS}`);
  const regions = {[location]: region};
  try {
    return parseWorld(
      JSON.stringify({service, models, filters, traffic, regions}),
      `Region ${name}`,
    );
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    throw new Error(asArguments(error.message, location), {cause: error});
  }
}

const NO_KEYS = "needs a secret that the stack global alone has; leave it out";

/** Without lines and columns, which a program has none of. */
const asArguments = (message: string, location: string) =>
  message.replaceAll(/^( {2}- )\d+:\d+ /gm, "$1").replaceAll(`regions.${location}`, "region");
