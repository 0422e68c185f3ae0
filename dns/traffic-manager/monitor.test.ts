import assert from "node:assert/strict";
import {test} from "node:test";
import {readWorld} from "../../regions/read.ts";
import {monitorOf} from "./monitor.ts";

const world = readWorld();

/** The longest that an ill region is still answered, in seconds, by the window it is judged over. */
function outAfterS(windowS: number): number {
  const objective = {...world.service.objective, windowMs: windowS * 1000};
  const service = {...world.service, objective};
  const {intervalInSeconds, toleratedNumberOfFailures} = monitorOf({...world, service});
  return intervalInSeconds * (toleratedNumberOfFailures + 1);
}

test("a region is out within half of its window, and as late in it as Traffic Manager can say", () => {
  for (let windowS = 20; windowS <= 200; windowS++)
    assert.equal(outAfterS(windowS), 10 * Math.floor(windowS / 20), `${windowS} s`);
});

test("beyond what Traffic Manager takes, it is as near as it can be", () => {
  assert.equal(outAfterS(1), 10);
  assert.equal(outAfterS(3600), 100);
});
