import assert from "node:assert/strict";
import {test} from "node:test";
import {playShort, tour, whyNotRun, withheld} from "./drills.rig.ts";
import {badToken, deploy, edgeRestart, poisonPill, policyBad} from "./mends.ts";
import {timeline} from "./report.ts";

const BLOCK = 170;

tour("mends.tour.ts", [badToken, poisonPill, deploy, edgeRestart, policyBad], BLOCK);

const skip = whyNotRun("mends.tour.ts");

test("a drill whose mend is withheld does not hold, and says what did not", {skip}, async (t) => {
  const played = await playShort(t, withheld(badToken), BLOCK);
  assert.equal(played.held, false);
  assert.match(
    timeline(played),
    /NOT HELD: [1-9]\d* of \d+ later requests had it\n.*\nDID NOT HOLD\n$/s,
  );
});
