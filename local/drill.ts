import {parseArgs} from "node:util";
import {planOf} from "../dns/plan.ts";
import {nearest} from "../regions/faults.ts";
import {readWorld} from "../regions/read.ts";
import type {World} from "../regions/world.ts";
import {findEnvoy} from "./envoy.js";
import {loseRegion} from "./region-loss.ts";
import {timeline} from "./timeline.ts";
import {startWorld} from "./world.ts";

const help = `npm run drill -- region-loss [options]

Runs the service that regions.yaml describes on this machine, loses a region's model host while clients
complete on it, and prints when the region voted itself out, when DNS answered others, and when the last
client had moved, beside what the formula says. It takes as long as it does in Azure: about a minute.

  --region NAME  the region to lose (default: service.home)
  --clients N    clients on it, 1 to 50 (default 8)
  --help         this text
`;

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function main() {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {
      region: {type: "string"},
      clients: {type: "string", default: "8"},
      help: {type: "boolean", short: "h"},
    },
  });
  if (values.help) return void process.stdout.write(help);
  if (positionals.join() !== "region-loss")
    throw new Error(`there is one drill, region-loss: npm run drill -- region-loss\n\n${help}`);
  const world = readWorld();
  const region = requireRegion(world, values.region ?? world.service.home);
  await drill(world, {
    region,
    clients: requireCount(values.clients),
    place: placeOf(world, region),
  });
}

async function drill(world: World, order: {region: string; clients: number; place: string}) {
  console.log("starting the world");
  const running = await startWorld({world, proxies: 2, envoy: findEnvoy(), say: () => {}});
  const stop = () => void running.stop().then(() => process.exit(130));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    if (!running.edge)
      console.log("NO EDGE: clients reach the proxies directly; npm start says how to get Envoy");
    console.log(
      timeline(
        world,
        await loseRegion({world, running, ...order, pauseMs: 100, warmMs: 3000, limitMs: 180_000}),
      ),
    );
  } finally {
    await running.stop();
  }
  process.exit();
}

/** The place of most people whom the region serves, as far as it stands. */
function placeOf(world: World, region: string): string {
  const {pool} = world.regions.find(({name}) => name === region)!;
  const rules = planOf(world).rules.filter(({chain}) => chain[0] === pool);
  const places = rules.flatMap(({places}) => places.map(({place}) => place));
  const [first] = places.toSorted((a, b) => b.population - a.population);
  if (first) return first.code;
  throw new Error(`${region} serves no place, so nobody would move; name another by --region`);
}

function requireRegion({regions}: World, name: string): string {
  const serving = regions.filter(({state}) => state === "serving").map((region) => region.name);
  if (serving.includes(name)) return name;
  throw new Error(`--region ${name}: not a region that serves; ${nearest(name, serving)}`);
}

function requireCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 50) return count;
  throw new Error(`--clients ${text} is not a number from 1 to 50`);
}
