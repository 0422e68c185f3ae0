import assert from "node:assert/strict";
import {test} from "node:test";
import {insideWorld} from "../../infra/fixture.ts";
import type {Region, World} from "../../regions/world.ts";
import {shownInside} from "./inside.ts";

const [kept, left] = insideWorld.regions as [Region, Region];
const drained: World = {...insideWorld, regions: [kept, {...left, state: "draining"}]};

test("it shows who answers, and what a change does", () => {
  assert.match(
    shownInside(insideWorld, undefined, {}),
    /^westeurope +its own +westeurope +10\.1\.128\.132 +eastus2$/m,
  );
  assert.equal(
    shownInside(drained, insideWorld, {}),
    "eastus2 is taken over by nobody, not by westeurope\nnetworks of westeurope move from westeurope to eastus2\n",
  );
  assert.equal(
    shownInside(insideWorld, insideWorld, {}),
    "No network moves, and no takeover changes.\n",
  );
  assert.deepEqual(JSON.parse(shownInside(drained, undefined, {json: true})), [
    {region: "eastus2", chain: ["eastus2"]},
    {region: "westeurope", chain: ["eastus2"]},
  ]);
});

test("what is of public names is a fault", () => {
  for (const option of ["place", "map", "octodns", "lost"])
    assert.throws(() => shownInside(insideWorld, undefined, {[option]: "x"}), {
      message: `--${option} is of public names, and the entrance is internal; npm run dns shows who answers whose networks`,
    });
});
