import {setTimeout as sleep} from "node:timers/promises";
import {startCrowd} from "../../editor/crowd.ts";
import type {Editor} from "../../editor/editor.ts";
import {typing} from "../../editor/strokes.ts";
import type {World} from "../../regions/world.ts";
import {createFollowingEditor} from "../world/following-editor.ts";
import type {RunningWorld} from "../world/world.ts";

/** People all over the world who type a little, so that there is something to see. */
export interface Traffic {
  /** Requests a second from each place to the region that serves it, over the last seconds. */
  arcs(): readonly Arc[];
  stop(): Promise<void>;
}

export interface Arc {
  readonly place: string;
  readonly region: string;
  readonly perS: number;
}

/** About the largest cities of each continent, two people in each. */
const PLACES = [
  ...["NA-US-NY", "NA-US-CA", "NA-US-TX", "NA-CA-ON", "NA-MX", "SA-BR", "SA-AR", "SA-CO"],
  ...["EU-DE", "EU-FR", "EU-GB", "EU-SE", "EU-PL", "EU-ES", "AF-NG", "AF-ZA", "AF-EG"],
  ...["AS-JP", "AS-KR", "AS-IN", "AS-SG", "AS-AE", "OC-AU", "OC-NZ"],
].flatMap((place) => [place, place]);
/** They look so much longer between bursts of keys that together they ask less than 30 times a second. */
const PATIENCE = 6;
const WINDOW_MS = 5000;

export function startTraffic({world, running}: {world: World; running: RunningWorld}): Traffic {
  const {people} = running;
  const members = PLACES.map((place, person) => {
    const {credential} = people[person % people.length]!;
    return createFollowingEditor({world, running, place, credential, follows: "at once"});
  });
  let sent: {readonly atMs: number; readonly place: string; readonly region: string}[] = [];
  const crowd = startCrowd({
    editors: members.map(({editor}) => editor),
    strokesOf: (random) => typing(random, PATIENCE),
    ended({person, endedMs}) {
      const {region} = members[person]!;
      if (region) sent.push({atMs: endedMs, place: PLACES[person]!, region});
    },
  });

  function arcs(): Arc[] {
    sent = sent.filter(({atMs}) => atMs > performance.now() - WINDOW_MS);
    const byArc = Map.groupBy(sent, ({place, region}) => `${place} ${region}`);
    return [...byArc.values()].map((all) => {
      const {place, region} = all[0]!;
      return {place, region, perS: (1000 * all.length) / WINDOW_MS};
    });
  }

  return {arcs, stop: crowd.stop};
}

const STORM = 150;

/** Holds a key down: every other request is cancelled at once, the rest soon after. */
export async function storm(editor: Editor): Promise<void> {
  for (let sent = 0; sent < STORM; sent++) {
    const left =
      sent % 2 === 0 ? AbortSignal.abort() : AbortSignal.timeout(Math.floor(60 * Math.random()));
    await editor.ask(PROMPT, {left});
    await sleep(10);
  }
}

const PROMPT = `export function average(items: readonly Item[]): number {
  return`;
