import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import {join, resolve} from "node:path";
import {fileURLToPath} from "node:url";
import {planOf} from "../../dns/plan.ts";
import {bundle} from "../../infra/image/bundle.ts";
import {contextOf} from "../../infra/image/image.ts";
import {tagOf} from "../../infra/stacks/pins.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {type Order, orderOf} from "./arguments.ts";
import {type Beginning, standToBegin} from "./begin.ts";
import {createEngine, type Engine} from "./engine.ts";
import {type Journal, openJournal, replay} from "./journal.ts";
import {takeLock} from "./lock.ts";
import {help, wantsHelp} from "./options.ts";
import {createProgress, type Progress} from "./progress.ts";
import {type How, rollOut} from "./rollout.ts";
import {createHands} from "./rollout-actions.ts";
import {type Wave, wavesOf} from "./waves.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const INTERRUPTED = 130;

try {
  // Connections that nobody waits for may be open still.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

/** Resolves to the process's exit code. */
async function main(args: readonly string[]): Promise<number> {
  if (wantsHelp(args)) return told(help);
  const world = readWorld();
  const order = orderOf(args, world, process.env);
  const waves = wavesOf(world, planOf(world), order);
  if (order.dryRun) return told(outline(waves, world, order));
  const folder = resolve(root, order.folder);
  const release = takeLock(folder);
  const journal = openJournal(join(folder, "journal.jsonl"));
  const progress = createProgress({
    write: (text) => void process.stdout.write(text),
    terminal: process.stdout.isTTY ? process.stdout.columns : undefined,
  });
  try {
    return await run({world, order, waves, folder, journal, progress});
  } finally {
    progress.close();
    journal.close();
    release();
  }
}

interface Run {
  readonly world: World;
  readonly order: Order;
  readonly waves: readonly Wave[];
  readonly folder: string;
  readonly journal: Journal;
  readonly progress: Progress;
}

async function run({world, order, waves, folder, journal, progress}: Run): Promise<number> {
  const {last, good, running} = replay(journal.entries);
  const id = order.resume && last ? last.id : idOf(new Date());
  const logs = join(folder, "logs", id);
  const engine = createEngine({root, folder: logs, record: journal.record});
  await requireStacks(engine, waves.flat());
  const beginning = await beginningOf(engine, {id, waves, order});
  const stand = standToBegin({last, beginning, ...order});
  if (!order.resume) journal.record({did: "begin", ...beginning});
  progress.say(`rolls out ${stand.image}, logs in ${logs}`);
  for (const [stack, left] of running)
    await progress.during(`an engine left at ${stack}`, () => engine.outlive(stack, left));
  const stopping = stopOnSignals(engine, progress);
  const regions = world.regions.map(({name}) => name);
  const {record} = journal;
  const hands = createHands({world, stand, engine, progress, record, ...order, stopping});
  const how = await rollOut(stand, {good, regions, hands}).catch((error: Error): How => {
    progress.say(error.message);
    return "paused";
  });
  progress.say(ending(how, order));
  if (how === "paused" && stopping.aborted) return INTERRUPTED;
  return how === "done" ? 0 : 1;
}

/** What would be rolled out now. */
async function beginningOf(
  engine: Engine,
  {id, waves, order}: {id: string; waves: readonly Wave[]; order: Order},
): Promise<Beginning> {
  const built = contextOf(await bundle()).hash;
  const source = createHash("sha256")
    .update(readFileSync(join(root, "regions.yaml")))
    .update(built)
    .digest("hex");
  // Where `global` is left as it is, regions run what it built last.
  const there = order.regions && tagOf((await engine.outputs("global")).image ?? "");
  const image = order.image ?? there ?? built;
  return {id, waves, image, pinned: order.image !== undefined, source};
}

async function requireStacks(engine: Engine, wanted: readonly string[]): Promise<void> {
  const there = await engine.stacks();
  const missing = wanted.filter((name) => !there.includes(name));
  if (missing.length === 0) return;
  throw new Error(`there is no stack ${missing.join(", ")}; npm run stacks makes what is missing`);
}

/** Ctrl-C lets engines under way end, and asked again cancels them; who ends a job does not wait. */
function stopOnSignals(engine: Engine, {say}: Progress): AbortSignal {
  const stopping = new AbortController();
  process.on("SIGINT", () => {
    if (stopping.signal.aborted) return engine.cancel();
    say("stops as soon as the stacks under way are up; Ctrl-C once more cancels them");
    stopping.abort();
  });
  for (const signal of ["SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      stopping.abort();
      engine.cancel();
    });
  return stopping.signal;
}

function outline(waves: readonly Wave[], world: World, {soakMs, image}: Order): string {
  const {success, firstByteMs} = world.service.objective;
  const lines = waves.map((wave, at) => `  ${at + 1}. ${wave.join(", ")}`);
  return [
    `Would roll out ${image ?? "the image of this code"} in ${waves.length} waves:`,
    ...lines,
    `Each wave with regions is watched for ${soakMs / 1000} s: ${success * 100}% of answers good, first bytes within ${firstByteMs} ms.`,
    "",
  ].join("\n");
}

function ending(how: How, {folder}: Order): string {
  if (how === "done") return "done";
  if (how === "failed")
    return "failed: the wave is back at what it ran before, and held to it; no later wave was touched";
  return `stopped; go on by: npm run rollout -- --resume --journal ${folder}`;
}

function told(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** A time that is a folder's name too: `2026-01-31T12-00-00Z`. */
function idOf(now: Date): string {
  return now.toISOString().replace(/\.\d+/, "").replaceAll(":", "-");
}
