import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {mkdtempSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import {fileURLToPath} from "node:url";
import {planOf} from "../../dns/plan.ts";
import {readWorld} from "../../regions/read.ts";
import {wavesOf} from "./waves.ts";

const program = fileURLToPath(new URL("main.ts", import.meta.url));

function rollout(...args: string[]) {
  const {PATH, NODE_COMPILE_CACHE} = process.env;
  const options = {encoding: "utf8", env: {PATH, NODE_COMPILE_CACHE}} as const;
  const {status, stdout, stderr} = spawnSync(process.execPath, [program, ...args], options);
  return {status, stdout, stderr};
}

test("a dry run prints the waves of regions.yaml, and writes nothing", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const world = readWorld();
  const waves = wavesOf(world, planOf(world), {canary: undefined, regions: undefined});
  const {success, firstByteMs} = world.service.objective;
  const {status, stdout} = rollout("--dry-run", "--soak", "90s", "--journal", folder);
  assert.equal(status, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.deepEqual(lines, [
    `Would roll out the image of this code in ${waves.length} waves:`,
    ...waves.map((wave, at) => `  ${at + 1}. ${wave.join(", ")}`),
    `Each wave with regions is watched for 90 s: ${success * 100}% of answers good, first bytes within ${firstByteMs} ms.`,
  ]);
  assert.deepEqual(readdirSync(folder), []);
});

test("nothing is begun with arguments that are wrong", () => {
  assert.deepEqual(rollout("--soak", "3"), {
    status: 2,
    stdout: "",
    stderr: `npm run rollout cannot begin:
  - --soak 3: is not a duration; write a whole number and a unit: 400ms, 30s, 20m, 1h, 90d
  - no client's credential to judge by; name the file that holds one by --credential-file or MERIDIAN_CREDENTIAL_FILE
--help lists the options.
`,
  });
});
