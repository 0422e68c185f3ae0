import {parseArgs} from "node:util";
import {nearest} from "../regions/faults.ts";
import {type Place, placeByCode, places} from "../regions/places.ts";
import {readWorld} from "../regions/read.ts";
import type {World} from "../regions/world.ts";
import {type Plan, planOf} from "./plan.ts";
import {explain, explanationOf, report} from "./report.ts";

const help = `npm run dns -- [--place CODE] [--json]

Shows who is served where: for each rule of the plan its regions, its places, how far they are from
each other, and who takes over when its regions are lost.

  --place CODE  why this place is served where it is: DE, US-CA, or as octoDNS writes it, NA-US-CA
  --json        the plan as JSON
  --help        this text
`;

const options = {
  place: {type: "string"},
  json: {type: "boolean"},
  help: {type: "boolean", short: "h"},
} as const;

// A reader such as `head` goes away when it has seen enough.
process.stdout.on("error", () => process.exit());

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function main(args: string[]): void {
  const {values} = parseArgs({args, options});
  if (values.help) return void process.stdout.write(help);
  const world = readWorld();
  const plan = planOf(world);
  process.stdout.write(shown(world, plan, values));
}

function shown(world: World, plan: Plan, {place, json}: {place?: string; json?: boolean}): string {
  const explanation =
    place === undefined ? undefined : explanationOf(world, plan, requirePlace(place));
  if (json) return `${JSON.stringify(explanation ?? plan, null, 2)}\n`;
  return explanation ? explain(explanation) : report(world, plan);
}

function requirePlace(code: string): Place {
  const upper = code.toUpperCase();
  const place = placeByCode(upper);
  if (place) return place;
  const known = places.map(({azure}) => azure);
  throw new Error(
    `"${code}" is not a place; ${nearest(upper, known)} A place is a country's two letters, or a state or province behind them: DE, US-CA, CA-ON.`,
  );
}
