import {fileURLToPath} from "node:url";
import {table} from "../../dns/table.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {oneOf, readAll, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {type Load, readLoad} from "./load.ts";
import {type Tightest, tightest} from "./need.ts";
import {type OwnGpus, ownGpus, ownLines} from "./own-gpus.ts";
import {type Carried, type Scale, scaleOf} from "./scale.ts";

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

await runCommand({
  usage: ["npm run scale -- [options]"],
  about: `What a day's load takes of each region of regions.yaml at its busiest hour, by the DNS plan and by what
npm run bench measured; and which region is the first to have too little while one or two are lost.`,
  options: {
    load: {
      type: "string",
      value: "FILE",
      default: example,
      text: "the day; default: ops/scale/load.yaml, 400 million requests",
    },
    file: {
      type: "string",
      value: "FILE",
      text: "reads this one instead of regions.yaml, such as examples/gpus.yaml",
    },
    model: {
      type: "string",
      value: "NAME",
      text: "the model that is asked for; default: the day's",
    },
    day: {type: "string", value: "N", text: "so many requests a day instead of the file's"},
    format: {type: "string", value: "F", default: "text", text: "text (default) or json"},
  },
  read: ({values}) => ({
    loadFile: values.load,
    file: values.file,
    model: values.model,
    ...readAll({
      day: () => (values.day === undefined ? {} : dayOf(values.day)),
      format: () => oneOf("--format", values.format, ["text", "json"]),
    }),
  }),
  run({loadFile, file, model, day, format}) {
    const world = readWorld(file);
    const load = {...readLoad(loadFile), ...day, ...(model !== undefined && {model})};
    requireModel(world, load, model === undefined ? `${loadFile}: model` : "--model");
    const scale = scaleOf(world, load);
    const own = ownGpus(world, load);
    process.stdout.write(
      format === "json"
        ? `${JSON.stringify({...scale, own}, null, 2)}\n`
        : report(scale, load, own),
    );
  },
});

function dayOf(text: string): Pick<Load, "requestsPerDay"> {
  const requestsPerDay = Number(text.replaceAll("_", ""));
  if (requestsPerDay >= 1) return {requestsPerDay};
  throw new UsageError(`--day ${text}: write a number of requests, such as 2_000_000`);
}

function requireModel({models}: World, {model}: Load, said: string): void {
  const known = Object.keys(models);
  if (!known.includes(model))
    throw new Error(`${said}: "${model}" is not in regions.yaml; ${nearest(model, known)}`);
}

function report(
  {peakPerSecond, regions, carries, breaking}: Scale,
  load: Load,
  own: readonly OwnGpus[],
): string {
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
    ...(own.length > 0 ? [...ownLines(own), ""] : []),
    carriedLine(carries),
    "",
  ].join("\n");
}

function carriedLine({requestsPerDay, short}: Carried): string {
  const carried = rounded(requestsPerDay).toLocaleString("en-US");
  if (!short) return "This file carries no requests: no region serves.";
  return `This file carries ${carried} requests a day while every region is up; beyond that it is short of ${short.limit} in ${short.region} first.`;
}

/** Down to three digits: what is measured is not known to more. */
function rounded(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 2);
  return Math.floor(value / step) * step;
}

function whole(value: number): string {
  return String(Math.round(value));
}

/** The share used of the tightest limit, and which limit that is. */
function worst(tight: Tightest | undefined): string {
  if (!tight) return "";
  const {limit, used} = tight;
  return Number.isFinite(used) ? `${(100 * used).toFixed(0)} % of ${limit}` : "there is none";
}
