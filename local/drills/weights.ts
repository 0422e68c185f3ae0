import {setTimeout as sleep} from "node:timers/promises";
import type {World} from "../../regions/world.ts";
import {read} from "../console/observed/reader.ts";
import {said, serversOf} from "../console/observed/servers.ts";
import {isWorse, shareOf, type Taken, takenOf} from "./arms.ts";
import {CODER, ONE, withReplicas} from "./gpu-world.ts";
import {rollOut} from "./policy.ts";
import {type Drill, none} from "./stage.ts";

const NEXT = "coder-next";
/** Its name spreads the world's few users over both arms. */
const EXPERIMENT = "weights";
/** What weights write that were asked by signs which they never learned. */
const GIBBERISH = "the of the the";
/** Proxies look at their policy twice a second: docs/traffic.md. */
const RELOAD_MS = 1000;

export const weightsBad: Drill = {
  name: "weights-bad",
  holds:
    "New weights whose answers are worse show in their arm of an experiment: people leave more of them. Once it is ended they are asked no more, and no request fails.",
  on: (world) => withReplicas(world, {[CODER]: ONE, [NEXT]: ONE}),
  families: {[NEXT]: "starcoder"},
  async play({world, running, load, broke, detected, note, when, pause, noneFailed}) {
    const isBad = ({text}: {text: string}) => text.includes(GIBBERISH);
    const servers = running.regions.flatMap((region) => serversOf(region, NEXT));
    // Signs are written where there is text after the cursor.
    for (const person of load.people) person.send({suffix: "\n"});
    rollOut(running, compared(world));
    broke(`half of the users are served by ${NEXT}, whose weights know other signs`);
    await when("a user has seen it", () => load.requests.some(isBad));
    const arms = {old: {whole: 0, left: 0}, new: {whole: 0, left: 0}};
    await when("people leave more of its answers than of the others", async () => {
      const {pods} = await read(running);
      for (const arm of ["old", "new"] as const) arms[arm] = takenOf(`${EXPERIMENT}/${arm}`, pods);
      return isWorse(arms.new, arms.old);
    });
    detected(`they take ${inWords(arms.new)}, and of the others ${inWords(arms.old)}`);
    rollOut(running, world);
    note("the experiment is ended, and no region is given these weights");
    await sleep(RELOAD_MS);
    const [asked, fromMs] = [await said("prompt_tokens_total", servers), performance.now()];
    await pause(3000, 20_000);
    const later = (await said("prompt_tokens_total", servers)) - asked;
    const after = load.requests.filter(({beganMs}) => beganMs >= fromMs);
    return [
      {what: `${later} tokens were sent there later`, held: later === 0},
      none(after.filter(isBad), `of ${after.length} later requests had such an answer`),
      noneFailed(),
    ];
  },
};

function compared(world: World): World {
  const arms = [
    {name: "old", weight: 1, mutations: []},
    {name: "new", weight: 1, model: NEXT, mutations: []},
  ];
  const when = {models: [CODER], editors: [], versions: {}, languages: [], share: 100};
  const experiments = [{name: EXPERIMENT, when, arms}];
  return {...world, traffic: {...world.traffic, experiments}};
}

const inWords = (taken: Taken) =>
  `${Math.round(100 * shareOf(taken))}% of ${taken.whole + taken.left}`;
