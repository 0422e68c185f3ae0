import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import {join, resolve} from "node:path";
import {fileURLToPath} from "node:url";
import {planOf} from "../../dns/plan.ts";
import {bundle} from "../../infra/image/bundle.ts";
import {proxyContext} from "../../infra/image/context.ts";
import {tagOf} from "../../infra/stacks/pins.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {type Interrupts, runCommand} from "../command/command.ts";
import {exitCodes} from "../command/failure.ts";
import {createCosign} from "../sign/cosign.ts";
import {type Order, options, orderOf} from "./arguments.ts";
import {type Beginning, standToBegin} from "./begin.ts";
import {createEngine, type Engine} from "./engine.ts";
import {type Journal, openJournal, replay} from "./journal.ts";
import {takeLock} from "./lock.ts";
import {promisedBy} from "./objectives.ts";
import {createProgress, type Progress} from "./progress.ts";
import {type How, rollOut} from "./rollout.ts";
import {createRolloutActions} from "./rollout-actions.ts";
import {type Wave, wavesOf} from "./waves.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

await runCommand({
  usage: ["npm run rollout -- [options]"],
  about: `Brings the stacks up in waves, each judged before the next: global, a canary region, then regions that do
not take each other's users over, then fallback and dns. A wave that misses the objective goes back to
the image, the policy and the weights that it ran before, and the rollout stops. Ctrl-C stops it; --resume goes on.`,
  options,
  notes:
    "Exits with 0 when all is done, 1 when something failed, 2 for bad use, 130 when it was interrupted.",
  read({values}) {
    const world = readWorld();
    return {world, order: orderOf(values, world, process.env)};
  },
  run: ({world, order}, interrupts) => begin(world, order, interrupts),
});

/** Resolves to the exit code; to none after a dry run. */
async function begin(world: World, order: Order, interrupts: Interrupts) {
  const waves = wavesOf(world, planOf(world), order);
  if (order.dryRun) return void process.stdout.write(outline(waves, world, order));
  const folder = resolve(root, order.folder);
  const release = takeLock(folder);
  const journal = openJournal(join(folder, "journal.jsonl"));
  const progress = createProgress({
    write: (text) => void process.stdout.write(text),
    terminal: process.stdout.isTTY ? process.stdout.columns : undefined,
  });
  try {
    return await run({world, order, waves, folder, journal, progress, interrupts});
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
  readonly interrupts: Interrupts;
}

async function run(given: Run): Promise<number> {
  const {world, order, journal, progress, interrupts} = given;
  const {engine, stand, good} = await prepare(given);
  const stopping = stopOnInterrupts(interrupts, engine, progress);
  const {record} = journal;
  const parts = {
    world,
    stand,
    engine,
    progress,
    record,
    ...order,
    cosign: createCosign(),
    stopping,
  };
  const regions = world.regions.map(({name}) => name);
  const actions = createRolloutActions(parts);
  const how = await rollOut(stand, {good, regions, actions}).catch((error: Error): How => {
    progress.say(error.message);
    return "paused";
  });
  progress.say(ending(how, order));
  if (how === "paused" && stopping.aborted) return exitCodes.interrupted;
  return how === "done" ? 0 : exitCodes.failed;
}

/** Finds out where the rollout begins, and waits for engines that an earlier one left running. */
async function prepare({order, waves, folder, journal, progress}: Run) {
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
  return {engine, stand, good};
}

/** What would be rolled out now. */
async function beginningOf(
  engine: Engine,
  {id, waves, order}: {id: string; waves: readonly Wave[]; order: Order},
): Promise<Beginning> {
  const built = proxyContext(await bundle()).hash;
  const source = createHash("sha256")
    .update(readFileSync(join(root, "regions.yaml")))
    .update(built)
    .digest("hex");
  // If `global` is not brought up, regions run what it built last.
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

/** Ctrl-C lets the engines under way finish; once more, or the signal that ends a job, cancels them. */
function stopOnInterrupts(interrupts: Interrupts, engine: Engine, {say}: Progress): AbortSignal {
  const stopping = new AbortController();
  interrupts.on((count, signal) => {
    const isGentle = count === 1 && signal === "SIGINT";
    if (isGentle)
      say("stops as soon as the stacks under way are up; Ctrl-C once more cancels them");
    stopping.abort();
    if (!isGentle) engine.cancel();
  });
  return stopping.signal;
}

function outline(waves: readonly Wave[], world: World, {soakMs, image}: Order): string {
  const {success, firstByteMs} = promisedBy(world);
  const lines = waves.map((wave, at) => `  ${at + 1}. ${wave.join(", ")}`);
  return [
    `Would roll out ${image ?? "the image of this code"} in ${waves.length} waves:`,
    ...lines,
    `Each wave with regions is watched for ${soakMs / 1000} s: ${success}% of answers good, first bytes within ${firstByteMs} ms.`,
    "",
  ].join("\n");
}

function ending(how: How, {folder}: Order): string {
  if (how === "done") return "done";
  if (how === "failed")
    return "failed: the wave is back at what it ran before, and held to it; no later wave was touched";
  return `stopped; go on by: npm run rollout -- --resume --journal ${folder}`;
}

/** A time that can name a folder: `2026-01-31T12-00-00Z`. */
function idOf(now: Date): string {
  return now.toISOString().replace(/\.\d+/, "").replaceAll(":", "-");
}
