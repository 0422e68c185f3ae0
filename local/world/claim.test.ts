import assert from "node:assert/strict";
import {type ChildProcess, spawn} from "node:child_process";
import {once} from "node:events";
import {existsSync, mkdtempSync, rmSync, statSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {thisProcess} from "../../ops/rollout/running.ts";
import {claim} from "./claim.ts";

function folderOf(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(root, {recursive: true}));
  return join(root, "world");
}

function sleeper(t: TestContext): ChildProcess {
  const child = spawn("sleep", ["60"]);
  t.after(() => child.kill("SIGKILL"));
  return child;
}

const written = (folder: string, record: unknown) =>
  writeFileSync(join(folder, "world.json"), JSON.stringify(record));

const nobody = {pid: 2 ** 22 + 1, command: "main.ts"};

test("a folder is its owner's alone, and emptied", (t) => {
  const folder = folderOf(t);
  claim(folder).release();
  writeFileSync(join(folder, "old"), "");
  claim(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.ok(!existsSync(join(folder, "old")));
});

test("a folder that cannot be had is told with its mend", (t) => {
  const file = `${folderOf(t)}.txt`;
  writeFileSync(file, "");
  assert.throws(() => claim(join(file, "world")), {
    message: `the world's folder ${file}/world: goes through a file as if that were a folder; name another`,
  });
});

test("a folder that a running world holds is not to be had, and the error says whose it is", (t) => {
  const folder = folderOf(t);
  const {pid} = sleeper(t);
  claim(folder).release();
  written(folder, {owner: {pid, command: "sleep 60"}, children: []});
  assert.throws(() => claim(folder), {
    message: `a world is running already (process ${pid}); stop it with Ctrl-C where it runs, or: kill ${pid}`,
  });
});

test("what a killed world left running is stopped; what has taken its number since is not", async (t) => {
  const folder = folderOf(t);
  const [left, other] = [sleeper(t), sleeper(t)];
  claim(folder).release();
  const children = [
    {pid: left.pid, command: "sleep 60"},
    {pid: other.pid, command: "envoy -c config/envoy.json"},
  ];
  written(folder, {owner: nobody, children});
  claim(folder);
  const [, signal] = await once(left, "exit");
  assert.equal(signal, "SIGKILL");
  assert.equal(other.exitCode ?? other.signalCode, null);
});

test("a world that was killed with its container is over, though this one has its number, and its children's are others'", async (t) => {
  const folder = folderOf(t);
  const other = sleeper(t);
  const beginning = "before the container began again";
  claim(folder).release();
  const children = [{pid: other.pid, command: "sleep 60", beginning}];
  written(folder, {owner: {...thisProcess(), beginning}, children});
  claim(folder);
  assert.equal(other.exitCode ?? other.signalCode, null);
  assert.throws(() => claim(folder), {
    message: `a world is running already (process ${process.pid}); stop it with Ctrl-C where it runs, or: kill ${process.pid}`,
  });
});
