import assert from "node:assert/strict";
import {test} from "node:test";
import {readWorld} from "../../regions/read.ts";
import {playShort, tour, whyNotRun, withheld} from "./drills.rig.ts";
import {timeline} from "./report.ts";
import {modelRetired} from "./retirement.ts";

const FILE = "retirement.tour.ts";
const BLOCK = 180;

tour(FILE, [modelRetired], BLOCK);

const skip = whyNotRun(FILE);

test("it does not hold where the mend is withheld, and says what did not", {skip}, async (t) => {
  const played = await playShort(t, withheld(modelRetired), BLOCK);
  assert.equal(played.held, false);
  assert.match(
    timeline(played),
    /NOT HELD: proxies hold [1-9]\d* deployments to be gone after it\n/,
  );
});

test("nor where there is no successor", {skip}, async (t) => {
  const {models, ...world} = readWorld();
  const alone = Object.entries(models).map(([name, {successor: _, ...model}]) => [name, model]);
  const played = await playShort(t, modelRetired, BLOCK, {
    ...world,
    models: Object.fromEntries(alone),
  });
  assert.equal(played.held, false);
  assert.match(timeline(played), /NOT HELD: 0 were served by a successor of copilot-codex\n/);
});
