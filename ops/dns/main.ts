import {execFileSync} from "node:child_process";
import {existsSync} from "node:fs";
import {join} from "node:path";
import {type Asked, askedFor} from "../../dns/asked.ts";
import {describeDeviations} from "../../dns/deviations.ts";
import {describe, differenceOf} from "../../dns/difference.ts";
import {explainAsked, explanationOf} from "../../dns/explanation.ts";
import {explainGroup, groupExplanationOf} from "../../dns/group-explanation.ts";
import {withoutRegions} from "../../dns/lost.ts";
import {drawMap} from "../../dns/map/map.ts";
import {answersBy, dynamicRecord} from "../../dns/octodns/octodns.ts";
import {octodnsFiles} from "../../dns/octodns/octodns-files.ts";
import {octodnsWarning} from "../../dns/octodns/octodns-profiles.ts";
import {type ProviderName, providers} from "../../dns/octodns/providers.ts";
import {type Plan, planOf} from "../../dns/plan.ts";
import {report} from "../../dns/report.ts";
import {profilesWarning} from "../../dns/traffic-manager/traffic-manager.ts";
import {nearest} from "../../regions/meaning.ts";
import {isInside} from "../../regions/names.ts";
import {placeGroups} from "../../regions/places/place-groups.ts";
import {places} from "../../regions/places/places.ts";
import {parseWorld, readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {type Given, oneOf, readAll, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {writeText} from "../command/files.ts";
import {shownInside} from "./inside.ts";

const options = {
  place: {
    type: "string",
    value: "CODE",
    text: `why this place is served where it is: DE, US-CA, or as octoDNS writes it, NA-US-CA; who
is in a group and served where: EU, EEA, europe, world, or Traffic Manager's, GEO-ME`,
  },
  diff: {
    type: "string",
    value: "BASE",
    text: "what moves between BASE and regions.yaml: a Git revision, or another regions.yaml",
  },
  map: {type: "string", value: "FILE", text: "draws the plan on a map of the world, as SVG"},
  octodns: {
    type: "string",
    value: "DIR",
    text: "writes octoDNS's configuration and zone there",
  },
  provider: {
    type: "string",
    value: "P",
    text: `with --octodns: what octoDNS writes to: azure (default), route53 or ns1. What it cannot
say as planned is told, and left in the zone as comments`,
  },
  weights: {
    type: "string",
    value: "N",
    text: "with --octodns: the most that its provider takes for a weight, 15 or 100 (default)",
  },
  lost: {
    type: "string",
    value: "REGION",
    multiple: true,
    text: "shows any of these as it is while REGION is lost; may be said again",
  },
  json: {type: "boolean", text: "the same as JSON"},
} as const;

/** The services that octoDNS can write to. */
const providerNames = Object.keys(providers) as ProviderName[];

/** What it may show, one at a time. */
const forms = ["place", "diff", "map", "octodns"] as const;

type Values = Given<typeof options>["values"];

await runCommand({
  usage: ["npm run dns -- [options]"],
  about: `Shows who is served where: for each rule of the plan its regions, its places, the round trip that their
people may expect, and who takes over when its regions are lost.`,
  options,
  read({values}) {
    refuseStrays(values);
    return values;
  },
  run(values) {
    const world = readWorld();
    const lost = (values.lost ?? []).map((region) => requireRegion(world, region));
    process.stdout.write(shown(world, withoutRegions(planOf(world), lost), values));
  },
});

/** Refuses options that would be ignored. */
function refuseStrays(values: Values): void {
  const given = forms.filter((name) => values[name] !== undefined);
  const ofZone = (["provider", "weights"] as const).filter((name) => values[name] !== undefined);
  const written = given.find((name) => name === "map" || name === "octodns");
  const faults = [
    ...(given.length > 1 ? [`--${given.join(" and --")}: give one of them`] : []),
    ...(values.octodns === undefined
      ? ofZone.map((name) => `--${name}: of octoDNS's zone; add --octodns DIR`)
      : []),
    ...(written && values.json ? [`--json and --${written}: give one of them`] : []),
  ];
  if (faults.length > 0) throw new UsageError(...faults);
}

function shown(world: World, plan: Plan, values: Values): string {
  if (isInside(world)) {
    const base = values.diff === undefined ? undefined : readBase(values.diff);
    return shownInside(world, base, values);
  }
  const {place, diff, map, octodns, lost = [], json} = values;
  if (map !== undefined) return draw(map, drawMap(world, plan, lost));
  if (octodns !== undefined) return writeZone(octodns, world, plan, values);
  const [value, text] =
    place !== undefined
      ? explained(plan, place)
      : diff !== undefined
        ? say(differenceOf(planOf(readBase(diff)), plan), describe)
        : say(plan, () => report(world, plan) + told(profilesWarning(world, plan)));
  return json ? `${JSON.stringify(value, null, 2)}\n` : text();
}

function explained(plan: Plan, code: string) {
  const asked = requireAsked(code);
  if (!("place" in asked)) return say(groupExplanationOf(plan, asked), explainGroup);
  return say(explanationOf(plan, asked.place), (value) => explainAsked(asked, value));
}

function told(warning: string | undefined): string {
  return warning === undefined ? "" : `warning: ${warning}\n`;
}

function say<Value>(value: Value, text: (value: Value) => string) {
  return [value, () => text(value)] as const;
}

function draw(file: string, svg: string): string {
  writeText("--map", file, svg);
  return `drew ${file}\n`;
}

function writeZone(folder: string, world: World, plan: Plan, options: Values): string {
  const {provider, maxWeight} = readAll({
    provider: () => oneOf("--provider", options.provider ?? "azure", providerNames),
    maxWeight: () => maxWeightOf(options.weights ?? "100"),
  });
  if (provider === "azure") process.stderr.write(told(octodnsWarning(dynamicRecord(world, plan))));
  const files = octodnsFiles(world, plan, {provider, maxWeight});
  const {deviations} = answersBy(providers[provider], plan);
  return [
    ...Object.entries(files).map(([name, text]) => {
      const path = join(folder, name);
      writeText("--octodns", path, text);
      return `wrote ${path}\n`;
    }),
    ...describeDeviations(deviations, providers[provider]).map((line) => `${line}\n`),
  ].join("");
}

function maxWeightOf(text: string): number {
  if (text === "15" || text === "100") return Number(text);
  throw new UsageError(`--weights ${text}: providers take weights of 1 to 15, or 1 to 100`);
}

/** Another regions.yaml: a file of that name, otherwise the one in that Git revision. */
function readBase(base: string): World {
  if (existsSync(base)) return readWorld(base);
  return parseWorld(fromGit(base), `${base}:regions.yaml`);
}

function fromGit(revision: string): Uint8Array {
  try {
    const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
    // A revision that begins with a dash would be an option.
    return execFileSync("git", ["show", "--end-of-options", `${revision}:./regions.yaml`], {
      cwd: new URL("../..", import.meta.url),
      stdio,
    });
  } catch (error) {
    const said = `${(error as {stderr?: string}).stderr ?? error}`.trim().split("\n")[0];
    throw new UsageError(
      `--diff ${revision}: no such file, and Git does not have it (${said}); name a revision such as origin/main, fetched before, or a file`,
    );
  }
}

function requireRegion({regions}: World, name: string): string {
  const names = regions.map((region) => region.name);
  if (names.includes(name)) return name;
  throw new UsageError(`--lost ${name}: not a region of regions.yaml; ${nearest(name, names)}`);
}

function requireAsked(code: string): Asked {
  const asked = askedFor(code);
  if (asked) return asked;
  const known = [...places.map(({azure}) => azure), ...placeGroups.keys()];
  throw new UsageError(
    `"${code}" is not a place; ${nearest(code.toUpperCase(), known)} A place is a country's two letters, or a state or province behind them: DE, US-CA, CA-ON; a group is EU, EEA, a continent such as south-america, or world.`,
  );
}
