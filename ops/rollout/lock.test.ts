import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {takeLock} from "./lock.ts";
import {thisProcess} from "./running.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  return folder;
}

test("a folder is one process's, until it lets go", (t) => {
  const folder = folderOf(t);
  const release = takeLock(folder);
  assert.throws(() => takeLock(folder), {
    message: `another rollout is under way (process ${process.pid}); wait for it, or stop it with Ctrl-C where it runs`,
  });
  release();
  takeLock(folder)();
  assert.deepEqual(readdirSync(folder), []);
});

test("the dead hold nothing, nor does who has a dead one's number", async (t) => {
  const folder = folderOf(t);
  const killed = spawn(process.execPath, ["-e", program(folder)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(killed.stdout!, "data");
  assert.throws(() => takeLock(folder), new RegExp(`process ${killed.pid}`));
  killed.kill("SIGKILL");
  await once(killed, "exit");
  const reused = {pid: process.pid, command: "a rollout of yesterday"};
  writeFileSync(join(folder, "reused.lock"), JSON.stringify(reused));
  const before = {...thisProcess(), beginning: "before the container began again"};
  writeFileSync(join(folder, "before.lock"), JSON.stringify(before));
  takeLock(folder)();
  assert.deepEqual(readdirSync(folder), []);
});

/** A program that takes the lock, says so, and waits. */
const program = (folder: string) => `
  import(${JSON.stringify(new URL("lock.ts", import.meta.url).href)}).then(({takeLock}) => {
    takeLock(${JSON.stringify(folder)});
    console.log("taken");
    process.stdin.resume();
  });`;

test("of many who ask at once one has it at most", async (t) => {
  const folder = folderOf(t);
  const asking = Array.from({length: 6}, () =>
    spawn(process.execPath, ["-e", program(folder)], {stdio: ["pipe", "pipe", "ignore"]}),
  );
  const taken = await Promise.all(
    asking.map(
      (child) =>
        new Promise<boolean>((resolve) => {
          child.stdout!.once("data", () => resolve(true));
          child.once("exit", () => resolve(false));
        }),
    ),
  );
  for (const child of asking) child.stdin!.end();
  assert.ok(taken.filter(Boolean).length <= 1, String(taken));
});
