import {setTimeout as sleep} from "node:timers/promises";
import {type Crowd, startCrowd} from "../../editor/crowd.ts";
import type {Editor} from "../../editor/editor.ts";
import {typing} from "../../editor/strokes.ts";
import type {World} from "../../regions/world.ts";
import {createFollowingEditor} from "../world/following-editor.ts";
import type {RunningWorld} from "../world/world.ts";
import {answerTo} from "./answers.ts";
import type {Typed} from "./people.ts";

/** About the largest cities of each continent, two people in each. */
const PLACES = [
  ...["NA-US-NY", "NA-US-CA", "NA-US-TX", "NA-CA-ON", "NA-MX", "SA-BR", "SA-AR", "SA-CO"],
  ...["EU-DE", "EU-FR", "EU-GB", "EU-SE", "EU-PL", "EU-ES", "AF-NG", "AF-ZA", "AF-EG"],
  ...["AS-JP", "AS-KR", "AS-IN", "AS-SG", "AS-AE", "OC-AU", "OC-NZ"],
].flatMap((place) => [place, place]);
/** They look so much longer between bursts of keys that together they ask less than 30 times a second. */
const PATIENCE = 6;

/** People all over the world who type a little, so that there is something to see. */
export function startTraffic({
  world,
  running,
  ended,
}: {
  world: World;
  running: RunningWorld;
  ended: (typed: Typed) => void;
}): Crowd {
  const {people} = running;
  const members = PLACES.map((place, person) => {
    const {credential} = people[person % people.length]!;
    return createFollowingEditor({world, running, place, credential, follows: "at once"});
  });
  return startCrowd({
    editors: members.map(({editor}) => editor),
    strokesOf: (random) => typing(random, PATIENCE),
    ended({person, endedMs, outcome, id}) {
      const {region} = members[person]!;
      if (!region) return;
      const answer = id === undefined ? undefined : answerTo(running, region, id);
      ended({atMs: endedMs, place: PLACES[person]!, region, outcome, answer});
    },
  });
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
