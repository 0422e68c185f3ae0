import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {join} from "node:path";
import {test} from "node:test";
import {parse} from "yaml";
import {groupsOf} from "../../infra/alerts/world.ts";
import {dashboardOf} from "../../infra/dashboard/dashboard.ts";
import {readWorld} from "../../regions/read.ts";

const root = join(import.meta.dirname, "../..");
const alerts = (...args: string[]) => {
  const {status, stdout, stderr} = spawnSync(process.execPath, ["ops/alerts/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return {status, stdout, stderr};
};

test("the rules of regions.yaml are printed as a rule file", () => {
  const {status, stdout, stderr} = alerts();
  assert.deepEqual([status, stderr], [0, ""]);
  const {groups}: {groups: {name: string; interval: string}[]} = parse(stdout);
  assert.deepEqual(
    groups.map(({name, interval}) => [name, interval]),
    groupsOf(readWorld()).map(({name}) => [name, "1m"]),
  );
});

test("--dashboard prints the dashboard as JSON", () => {
  const {status, stdout} = alerts("--dashboard");
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(dashboardOf(readWorld()))));
});

test("--help tells how it is used, and what is not an option is refused", () => {
  assert.match(alerts("--help").stdout, /^npm run alerts -- \[--dashboard\]\n/);
  const {status, stdout, stderr} = alerts("--dashbord");
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(
    stderr,
    /^--dashbord is not an option; did you mean "--dashboard"\?\n--help lists the options\.\n$/,
  );
});
