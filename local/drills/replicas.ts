import {judged, said, serversOf} from "../console/observed/servers.ts";
import type {Pod} from "../world/cluster.ts";
import {CODER, withReplicas} from "./gpu-world.ts";
import {type Check, type Drill, none, type Stage} from "./stage.ts";

export const replicaLost: Drill = {
  name: "replica-lost",
  holds:
    "When a replica is lost no request fails but those that it had begun to answer, others have its share meanwhile, and it returns by and by.",
  on: (world) => withReplicas(world, {[CODER]: {min: 3, max: 3}}),
  async play(stage) {
    const {region, running, broke, detected, when, short} = stage;
    const lost = await busy(stage);
    const others = serversOf(region, CODER).filter((server) => server !== lost);
    const before = await said("request_success_total", others);
    lost.kill();
    const lostMs = performance.now();
    broke(`${region.name}'s ${lost.spec.name} is lost`);
    const shares = async () => (await judged(lost, running, region)).map((one) => one?.share);
    await when("a proxy knows the others alone", async () => (await shares()).includes(undefined));
    detected("their name leads to it no more");
    await when("it has loaded its weights again", () => lost.ready);
    const taken = (await said("request_success_total", others)) - before;
    await when("it is given a part of its share", async () =>
      (await shares()).some((share = 0) => share > 0 && share < 1),
    );
    await when("it answers", async () => (await said("request_success_total", [lost])) > 0);
    if (!short)
      await when("it is given all of it", async () =>
        (await shares()).every((share) => share === 1),
      );
    return [
      {what: `the others answered ${taken} meanwhile`, held: taken > 0},
      ...onlyBegunFailed(stage, lostMs),
    ];
  },
};

/** One that answers somebody. */
async function busy({region, when}: Stage): Promise<Pod> {
  let found: Pod | undefined;
  await when("a replica has something to do", async () => {
    for (const server of serversOf(region, CODER))
      if (!found && (await said("num_requests_running", [server])) > 0) found = server;
    return found !== undefined;
  });
  return found!;
}

/** Of an answer that was cut, the editor has seen the beginning. */
const hasBegun = ({text}: {text: string}) => text.startsWith("200 ");

function onlyBegunFailed({load, failedSince}: Stage, lostMs: number): Check[] {
  const failed = load.requests.filter(
    ({beganMs, endedMs, outcome}) => outcome === "failed" && beganMs < lostMs && endedMs > lostMs,
  );
  const unanswered = failed.filter((request) => !hasBegun(request));
  return [
    none(unanswered, "failed whose answers had not begun"),
    none(failedSince(lostMs), "of those that began later failed"),
  ];
}
