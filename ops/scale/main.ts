import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";
import {table} from "../../dns/table.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {type Load, readLoad} from "./load.ts";
import {type Tightest, tightest} from "./need.ts";
import {type Scale, scaleOf} from "./scale.ts";

const HEAD = [
  "region",
  "busiest (UTC)",
  "requests/s",
  "cores",
  "connections",
  "streams",
  "MB",
  "k tokens/min",
  "quota",
  "pods",
];

const example = fileURLToPath(new URL("load.yaml", import.meta.url));

const help = `npm run scale -- [options]

What a day's load takes of each region of regions.yaml at its busiest hour, by the DNS plan and by what
npm run bench measured; and which region is the first to have too little while one or two are lost.

  --load FILE   the day; default: ops/scale/load.yaml, 400 million requests
  --day N       so many requests a day instead of the file's
  --format F    text (default) or json
  --help        this text
`;

// A reader such as `head` goes away when it has seen enough.
process.stdout.on("error", () => process.exit());

try {
  main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function main(): void {
  const {values} = parseArgs({
    options: {
      load: {type: "string", default: example},
      day: {type: "string"},
      format: {type: "string", default: "text"},
      help: {type: "boolean", short: "h"},
    },
  });
  if (values.help) return void process.stdout.write(help);
  const world = readWorld();
  const load = {...readLoad(values.load), ...(values.day !== undefined && dayOf(values.day))};
  requireModel(world, load, values.load);
  const scale = scaleOf(world, load);
  if (values.format === "json") return void console.log(JSON.stringify(scale, null, 2));
  if (values.format !== "text") throw new Error(`--format ${values.format}: write text or json`);
  process.stdout.write(report(scale, load));
}

function dayOf(text: string): Pick<Load, "requestsPerDay"> {
  const requestsPerDay = Number(text.replaceAll("_", ""));
  if (requestsPerDay >= 1) return {requestsPerDay};
  throw new Error(`--day ${text}: write a number of requests, such as 2_000_000`);
}

function requireModel({models}: World, {model}: Load, file: string): void {
  const known = Object.keys(models);
  if (!known.includes(model))
    throw new Error(`${file}: model: "${model}" is not in regions.yaml; ${nearest(model, known)}`);
}

function report({peakPerSecond, regions, breaking}: Scale, load: Load): string {
  const rows = regions.map(({region, hour, need}) => [
    region,
    `${hour}:00`,
    whole(need.perSecond),
    need.cores.toFixed(1),
    whole(need.connections),
    whole(need.streams),
    whole(need.memoryMb),
    whole(need.tokens),
    worst(tightest(need, "quota")),
    worst(tightest(need, "pods")),
  ]);
  const losses = breaking.map(({lost, quota, pods, unserved}) => [
    lost.join(", "),
    quota ? `${quota.region}: ${worst(quota)}` : "",
    pods ? `${pods.region}: ${worst(pods)}` : "",
    unserved > 0 ? whole(unserved) : "",
  ]);
  return [
    `${whole(load.requestsPerDay)} requests a day, ${whole(peakPerSecond)} a second at the busiest hour, ${load.cancelled} % cancelled.`,
    "",
    ...table([HEAD, ...rows]),
    "",
    ...table([["lost", "first by quota", "first by pods", "unserved/s"], ...losses]),
    "",
  ].join("\n");
}

function whole(value: number): string {
  return String(Math.round(value));
}

/** How much of what there is, and of what. */
function worst(tight: Tightest | undefined): string {
  if (!tight) return "";
  const {limit, used} = tight;
  const share = Number.isFinite(used) ? `${(100 * used).toFixed(0)} %` : "there is none";
  return limit === "quota" ? share : `${share} of ${limit}`;
}
