import {setTimeout as sleep} from "node:timers/promises";
import {expected, inWords} from "./formula.ts";
import {type Drill, none, type Stage} from "./stage.ts";

/** A host that answered 429 is asked again after the wait that it named, and the proxy's next look. */
const RETURN_MS = 15_000;

async function regionIsOut(stage: Stage) {
  const {region, world, when, running, isIn, detected, note, short} = stage;
  const fromMs = performance.now();
  await when(`${region.name} votes itself out`, async () => !(await isIn(region)));
  detected("its health page says so");
  // The short form probes more often than the formula assumes.
  if (!short) note(inWords(expected(world, performance.now() - fromMs)));
  await when("DNS answers others", () => !running.healthy(region.name));
}

async function stays({region, isIn}: Stage, forMs: number): Promise<boolean> {
  for (const end = performance.now() + forMs; performance.now() < end; await sleep(500))
    if (!(await isIn(region))) return false;
  return true;
}

export const regionLoss: Drill = {
  name: "region-loss",
  holds:
    "A region whose model host is lost votes itself out, DNS and then its users go elsewhere, and no request that began later fails.",
  async play(stage) {
    const {region, broke, load, when, failedSince, short} = stage;
    region.model.lose();
    const fromMs = performance.now();
    broke(`${region.name}'s model host is lost`);
    await regionIsOut(stage);
    if (!short)
      await when("its last user has moved", () =>
        load.people.every(({reaches}) => !reaches(region.address)),
      );
    return [none(failedSince(fromMs), "of those that began later failed")];
  },
};

export const modelSlow: Drill = {
  name: "model-slow",
  holds:
    "A region whose model is slow votes itself out and leaves DNS, no request fails, and once its model is quick again it comes back and stays.",
  async play(stage) {
    const {region, broke, note, when, isIn, running, noneFailed, pause, short} = stage;
    region.model.slow(2000);
    broke(`${region.name}'s model takes two seconds more for each first byte`);
    await regionIsOut(stage);
    await pause(2000, 30_000);
    region.model.restore();
    note("it is as quick as it was");
    await when(`${region.name} votes itself in`, () => isIn(region));
    await when("DNS answers it again", () => running.healthy(region.name));
    const stayed = await stays(stage, short ? 5000 : 30_000);
    return [{what: "the region is back, and stays", held: stayed}, noneFailed()];
  },
};

export const quotaGone: Drill = {
  name: "quota-gone",
  holds:
    "While a region's quota is used up others answer for it, no request fails, and its own model is asked again once it has room.",
  async play(stage) {
    const {region, broke, note, when, noneFailed, short, detected} = stage;
    const refused = region.model.stats().refused;
    region.model.busy(short ? 2 : 10);
    broke(`${region.name}'s model answers 429`);
    await when("it has said so", () => region.model.stats().refused > refused);
    detected("proxies leave it out");
    const stayed = await stays(stage, short ? 6000 : 60_000);
    const {finished} = region.model.stats();
    region.model.restore();
    note("it has room again");
    await when("it serves again", () => region.model.stats().finished > finished, RETURN_MS);
    return [{what: "the region stayed in", held: stayed}, noneFailed()];
  },
};

export const splitBrain: Drill = {
  name: "split-brain",
  holds: "While half of all health probes are lost no request fails, whatever DNS makes of it.",
  async play({broke, loseProbes, noneFailed, running, pause, when}) {
    loseProbes(() => Math.random() < 0.5);
    broke("half of the health probes are lost on their way");
    await pause(5000, 60_000);
    loseProbes(() => false);
    await when("DNS answers with every region", () =>
      running.regions.every(({name}) => running.healthy(name)),
    );
    return [noneFailed()];
  },
};

export const twoRegions: Drill = {
  name: "two-regions",
  holds:
    "Two regions of a pool drop off the network; DNS leaves both, their users are served elsewhere, and no user of another pool fails.",
  async play({world, running, region, load, broke, when, detected, pause, failedSince}) {
    const poolOf = ({name}: {name: string}) => world.regions.find((one) => one.name === name)!.pool;
    const others = running.regions.filter((other) => other !== region);
    const lost = [region, others.find((one) => poolOf(one) === poolOf(region)) ?? others[0]!];
    const hit = new Set(lost.map(poolOf));
    for (const one of lost) one.lose();
    const fromMs = performance.now();
    broke(`${lost.map(({name}) => name).join(" and ")} are off the network`);
    await when("DNS answers neither", () => lost.every(({name}) => !running.healthy(name)));
    detected("DNS has left them");
    await when("their last user has moved", () =>
      load.people.every(({reaches}) => lost.every(({address}) => !reaches(address))),
    );
    const movedMs = performance.now();
    await pause(8000, 15_000);
    const untouched = failedSince(fromMs).filter(({person}) => !hit.has(load.people[person]!.pool));
    const late = failedSince(movedMs);
    for (const one of lost) await one.restore();
    return [none(untouched, "of other pools' users failed"), none(late, "failed after the move")];
  },
};
