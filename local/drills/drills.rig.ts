import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {timeline} from "./report.ts";
import {shortWorld} from "./short.ts";
import {type Drill, play, type Stage} from "./stage.ts";

/** Why drills cannot be played, printed once for a file; false where they can. */
export function whyNotRun(file: string): string | false {
  if (findEnvoy()) return false;
  console.log(
    `${file}: NOT RUN: no Envoy, and every drill needs the edge. Mend: npm start says how`,
  );
  return "NOT RUN: no Envoy";
}

/** The same drill on a stage of which no file can be changed: nobody mends anything. */
export const withheld = (drill: Drill): Drill => ({
  ...drill,
  play({running, ...stage}: Stage) {
    const regions = running.regions.map((region) => {
      const pods = region.cluster.pods.map((pod) => ({...pod, write() {}}));
      return {...region, cluster: {...region.cluster, pods}};
    });
    return drill.play({...stage, running: {...running, regions}});
  },
});

/** Plays a drill in its short form, at addresses that only this file uses. */
export function playShort(t: TestContext, drill: Drill, block: number, given?: World) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-drill-"));
  t.after(() => rmSync(folder, {recursive: true, force: true}));
  const world = shortWorld(given ?? readWorld());
  return play(drill, {world, people: 12, short: true, folder, block});
}

/**
 * A test for each drill, one after the other: starting a world would hold up the model hosts of another one
 * in the same process.
 */
export function tour(file: string, drills: readonly Drill[], block: number): void {
  const skip = whyNotRun(file);
  for (const drill of drills)
    test(`drill ${drill.name} holds`, {skip}, async (t) => {
      const played = await playShort(t, drill, block);
      assert.ok(played.held, timeline(played));
      assert.ok(played.tally.requests > 20);
    });
}
