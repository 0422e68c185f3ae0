import {createEditor, type Editor} from "../editor/editor.ts";
import {type Place, placeByCode} from "../regions/places/places.ts";
import {until} from "../setup/until.ts";
import {said, serversOf} from "./console/observed/servers.ts";
import {connectTo, resolve} from "./world/connect.ts";
import type {RunningRegion} from "./world/region.ts";
import type {RunningWorld} from "./world/world.ts";

/** Places on four continents. */
const PLACES = ["NA-US-NY", "EU-DE", "AS-JP", "SA-BR"];
const PROMPT = `function add(a: number, b: number): number {
  return a + b;
}

function subtract(a: number, b: number): number {
  return`;
/** Completed by a long line, so that it is still under way when its cancel arrives, however busy the machine is. */
const NUMBERS = Array.from({length: 40}, (_, number) => number).join(", ");
const LONG_PROMPT = `const numbers = [${NUMBERS}];\n\nconst others = [0, 1,`;
/** How long a cancel may take to the model host. */
const CANCEL_LIMIT_MS = 2000;

/**
 * From each place: asks DNS, connects to the region that it answers with, signs in, streams a completion, then
 * cancels another on the same connection. Says how each went, and resolves to whether all went well.
 */
export async function demonstrate(
  world: RunningWorld,
  {model, say}: {model: string; say: (line: string) => void},
): Promise<boolean> {
  let well = true;
  for (const [index, code] of PLACES.entries()) {
    const place = placeByCode(code) as Place;
    try {
      say(await visit(world, {place, model, credential: world.people[index]!.credential}));
    } catch (error) {
      well = false;
      say(`${place.name}: FAILED: ${error instanceof Error ? error.message : error}`);
    }
  }
  return well;
}

async function visit(
  world: RunningWorld,
  {place, model, credential}: {place: Place; model: string; credential: string},
): Promise<string> {
  const address = await resolve(world, place);
  const region = world.regions.find((region) => region.address === address);
  if (!region) throw new Error(`DNS answered ${address}, which is no region's`);
  const editor = createEditor({open: () => connectTo(world, region), credential, model, stack: 2});
  try {
    const {text, firstByteMs} = await editor.complete(PROMPT);
    const left = await abortsAt(region);
    const cancelMs = await cancel(editor, (id) => cancelledAt(region, id, left));
    return [
      place.name.padEnd(10),
      region.name.padEnd(14),
      `first byte ${firstByteMs.toFixed(0).padStart(3)} ms`,
      `completion ${JSON.stringify(text)}`,
      `cancel seen by the model host after ${cancelMs.toFixed(1)} ms, connection kept`,
    ].join("  ");
  } finally {
    editor.connections.close();
  }
}

/** How many requests a region's replicas were told to leave. */
const abortsAt = (region: RunningRegion) =>
  said("request_success_total", serversOf(region), {finished_reason: "abort"});

/** When one of a region's model hosts saw the cancel, or one of its replicas, which had `left` so many before. */
async function cancelledAt(region: RunningRegion, id: string, left: number): Promise<number> {
  const seen = [region.model, ...region.others].map((host) => host.cancelled(id, CANCEL_LIMIT_MS));
  try {
    return await Promise.any([...seen, leftAt(region, left)]);
  } catch (cause) {
    const [first] = (cause as AggregateError).errors;
    throw first;
  }
}

async function leftAt(region: RunningRegion, before: number): Promise<number> {
  const what = `${region.name}'s replicas see the cancel`;
  const isLeft = async () => (await abortsAt(region)) > before;
  await until(isLeft, {what, withinMs: CANCEL_LIMIT_MS, everyMs: 10});
  return Date.now();
}

/** With another model a completion may end before its cancel arrives; then another one is asked for. */
const ATTEMPTS = 3;

/** How long a cancel took to the model host, in milliseconds. */
async function cancel(editor: Editor, seen: (id: string) => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const {id, atMs, connected} = await editor.typeOn(LONG_PROMPT);
    if (!connected) throw new Error("the cancel closed the connection");
    try {
      return (await seen(id)) - atMs;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
