import {setTimeout as sleep} from "node:timers/promises";
import type {Deployment, World} from "../../regions/world.ts";
import {read} from "../console/observed/reader.ts";
import type {PodReading} from "../console/observed/reading.ts";
import type {RunningWorld} from "../world/world.ts";
import {firing} from "./alarm.ts";
import {rollOut} from "./policy.ts";
import {reviewText} from "./pull-request.ts";
import {type Check, type Drill, none, type Stage} from "./stage.ts";
import {withoutModel} from "./without-model.ts";

const ALERT = "DeploymentGone";
/** Proxies look at their policy twice a second: docs/traffic.md. */
const RELOAD_MS = 1000;

export const modelRetired: Drill = {
  name: "model-retired",
  holds:
    "When a model is retired in every region its successor serves, no request fails, no region votes itself out, an alert tells of it, and a change to regions.yaml ends it.",
  async play(stage) {
    const {world, running, broke, when, detected, pause} = stage;
    const asked = Object.keys(world.models)[0]!;
    const before = await servedByOthers(running, asked);
    retire(stage, asked);
    broke(`the model of ${asked} is retired: its deployments answer 410 in every region`);
    await when("proxies are told so", async () => (await goneIn(running)) > 0);
    detected("they ask these deployments no more");
    await pause(4000, 30_000);
    const served = (await servedByOthers(running, asked)) - before;
    return [
      {what: `${served} were served by a successor of ${asked}`, held: served > 0},
      await regionsIn(stage),
      ...(await alarmed(stage)),
      ...(await mended(stage, asked)),
      stage.noneFailed(),
    ];
  },
};

function retire({world, running}: Stage, asked: string) {
  for (const {name, model} of running.regions) {
    const {deployments} = world.regions.find((region) => region.name === name)!;
    model.retire(...deployments.filter(({model}) => model === asked).map(({name}) => name));
  }
}

/** As the stacks of a world do before their proxies hear of it. */
function deploy({regions}: RunningWorld, world: World) {
  const modelOf = ({name, model}: Deployment) => [name, world.models[model]!.model] as const;
  for (const {name, model} of regions) {
    const {deployments} = world.regions.find((region) => region.name === name)!;
    model.deploy(Object.fromEntries(deployments.map(modelOf)));
  }
}

/** How many deployments are gone, each as often as a proxy holds it to be. */
async function goneIn(running: RunningWorld): Promise<number> {
  const {pods} = await read(running);
  return pods.flatMap(({deployments}) => deployments).filter(({absence}) => absence).length;
}

/** Requests for a model that a deployment of another answered, as the proxies count them. */
async function servedByOthers(running: RunningWorld, asked: string): Promise<number> {
  const {pods} = await read(running);
  const all = pods.flatMap(({deployments}) => deployments);
  const own = new Set(all.filter(({model}) => model === asked).map(({name}) => name));
  return pods
    .flatMap(({samples}) => samples)
    .filter(({name, labels}) => name === "meridian_requests_total" && labels.model === asked)
    .filter(({labels}) => labels.outcome === "success" && !own.has(labels.deployment ?? ""))
    .reduce((sum, {value}) => sum + value, 0);
}

async function regionsIn({running, isIn}: Stage): Promise<Check> {
  const votes = await Promise.all(running.regions.map(isIn));
  const count = votes.filter(Boolean).length;
  return {what: `${count} of ${votes.length} regions are in`, held: count === votes.length};
}

/** Without a Prometheus nothing is said of the alert. */
async function alarmed({world, running, note}: Stage): Promise<Check[]> {
  const told = await toldIn(running);
  const regions = await firing({world, running, alert: ALERT, regions: told});
  if (typeof regions === "string") {
    note(regions);
    return [];
  }
  const {length} = told.filter((region) => regions.includes(region));
  const what = `what ${ALERT} looks for holds in ${length} of ${told.length} regions that were asked`;
  return [{what, held: length > 0 && length === told.length}];
}

/** The regions in which a proxy holds one of the region's own to be gone. */
async function toldIn(running: RunningWorld): Promise<readonly string[]> {
  const {pods} = await read(running);
  const isTold = ({deployments}: PodReading) =>
    deployments.some(({isFallback, absence}) => !isFallback && absence);
  return [...new Set(pods.filter(isTold).map(({region}) => region))];
}

/** The pull request that gives the model's names to its successor: what a reviewer sees of it, and what comes of it. */
async function mended(stage: Stage, asked: string): Promise<Check[]> {
  const {world, running, note, pause, failedSince} = stage;
  const after = withoutModel(world, asked);
  const taken = takenAway(await reviewText(world, after));
  note(["the pull request that mends it, in each region:", ...taken].join("\n"));
  deploy(running, after);
  rollOut(running, after);
  note("it is rolled out");
  await sleep(RELOAD_MS);
  const fromMs = performance.now();
  await pause(4000, 20_000);
  const left = await goneIn(running);
  return [
    {what: "the pull request takes their deployments away", held: taken.length > 0},
    {what: `proxies hold ${left} deployments to be gone after it`, held: left === 0},
    none(failedSince(fromMs), "of those that began later failed"),
  ];
}

/** The parts of a review in which deployments go, with what takes their place. */
const takenAway = (review: string) =>
  review.split("\n\n").filter((part) => /^ {2}- Deployment \S+: /m.test(part));
