import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {type TestContext, test} from "node:test";
import {fileURLToPath} from "node:url";
import {stackNames} from "../../infra/azure/names.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {CLOUDS, type CloudName} from "../../regions/azure.ts";
import {readWorld} from "../../regions/read.ts";
import type {Region} from "../../regions/world.ts";
import {cloudSetting, orphanAdvice, type Roster, rosterOf, subscriptionSetting} from "./roster.ts";

const rosters: Record<string, [present: string[], roster: Roster]> = {
  "no stack yet": [
    [],
    {missing: ["global", "eastus2", "westeurope", "fallback", "dns"], orphaned: []},
  ],
  "a region added": [
    ["dns", "eastus2", "fallback", "global"],
    {missing: ["westeurope"], orphaned: []},
  ],
  "a region taken out": [
    ["westus", "dns", "eastus2", "fallback", "global", "westeurope", "japaneast"],
    {missing: [], orphaned: ["japaneast", "westus"]},
  ],
};

for (const [what, [present, roster]] of Object.entries(rosters))
  test(`the roster with ${what}`, () => assert.deepEqual(rosterOf(smallWorld, present), roster));

test("a new stack is in the subscription that regions.yaml names", () => {
  const [home, abroad] = smallWorld.regions as [Region, Region];
  const world = {...smallWorld, regions: [home, {...abroad, subscription: "s"}]};
  const settings = stackNames(world).map((stack) => subscriptionSetting(world, stack));
  assert.deepEqual(settings, [{}, {}, {"azure-native:subscriptionId": "s"}, {}, {}]);
});

test("a stack is told its cloud, unless it is the public one, which providers take by themselves", () => {
  const inCloud = (cloud: CloudName) =>
    cloudSetting({...smallWorld, service: {...smallWorld.service, cloud}});
  assert.deepEqual(CLOUDS.map(inCloud), [
    {},
    {"azure-native:environment": "usgovernment"},
    {"azure-native:environment": "china"},
  ]);
});

test("an orphan is told with the commands that end it; without one nothing is said", () => {
  assert.equal(orphanAdvice([]), "");
  assert.match(
    orphanAdvice(["westus"]),
    /\n {2}westus: pulumi destroy --stack westus && pulumi stack rm westus\n$/,
  );
});

test("missing stacks are made with global's subscription, orphans told", (t) => {
  const {run, calls} = fakePulumi(t, ["global", "westus"]);
  const {status, stdout, stderr} = run();
  assert.equal(status, 0, stderr);
  const missing = stackNames(readWorld()).filter((name) => name !== "global");
  assert.deepEqual(calls(), [
    "stack ls --json",
    "config --json --stack global",
    ...missing.flatMap((name) => [
      `stack init ${name} --no-select`,
      `config set azure-native:subscriptionId sub --stack ${name}`,
    ]),
  ]);
  assert.match(stdout, /^brazilsouth: made$/m);
  assert.match(stdout, /westus: pulumi destroy/);
});

test("a dry run makes nothing", (t) => {
  const {run, calls} = fakePulumi(t, []);
  const {status, stdout} = run("--dry-run");
  assert.deepEqual([status, calls()], [0, ["stack ls --json"]]);
  assert.match(stdout, /^global: would be made$/m);
});

test("without pulumi the error says how to get it", () => {
  const {status, stderr} = runWith("/nonexistent");
  assert.equal(status, 1);
  assert.match(stderr, /^pulumi is not on PATH; install it: https:/);
});

/** Stands in for pulumi: answers for these stacks, and logs its arguments. */
function fakePulumi(t: TestContext, stacks: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "stacks-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const log = join(folder, "calls");
  const list = JSON.stringify(stacks.map((name) => ({name})));
  const config = JSON.stringify({"azure-native:subscriptionId": {value: "sub"}});
  writeFileSync(
    join(folder, "pulumi"),
    `#!/bin/sh\necho "$@" >> ${log}\ncase "$1 $2" in\n"stack ls") echo '${list}';;\n"config --json") echo '${config}';;\nesac\n`,
  );
  chmodSync(join(folder, "pulumi"), 0o755);
  return {
    run: (...args: string[]) => runWith(`${folder}:/usr/bin:/bin`, ...args),
    calls: () => readFileSync(log, "utf8").trim().split("\n"),
  };
}

function runWith(PATH: string, ...args: string[]) {
  const main = join(dirname(fileURLToPath(import.meta.url)), "main.ts");
  return spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    env: {...process.env, PATH},
  });
}
