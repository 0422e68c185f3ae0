import assert from "node:assert/strict";
import {test} from "node:test";
import {playShort, tour, whyNotRun} from "./drills.rig.ts";
import {badToken, deploy, edgeRestart, poisonPill, policyBad} from "./mends.ts";
import {timeline} from "./report.ts";
import type {Stage} from "./stage.ts";

const BLOCK = 170;

tour("mends.tour.ts", [badToken, poisonPill, deploy, edgeRestart, policyBad], BLOCK);

/** The same stage, of which no file can be changed: nobody mends anything. */
function withheld({running, ...stage}: Stage): Stage {
  const regions = running.regions.map((region) => {
    const pods = region.cluster.pods.map((pod) => ({...pod, write() {}}));
    return {...region, cluster: {...region.cluster, pods}};
  });
  return {...stage, running: {...running, regions}};
}

const skip = whyNotRun("mends.tour.ts");

test("a drill whose mend is withheld does not hold, and says what did not", {skip}, async (t) => {
  const unmended = {...badToken, play: (stage: Stage) => badToken.play(withheld(stage))};
  const played = await playShort(t, unmended, BLOCK);
  assert.equal(played.held, false);
  assert.match(
    timeline(played),
    /NOT HELD: [1-9]\d* of \d+ later requests had it\n.*\nDID NOT HOLD\n$/s,
  );
});
