import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {test} from "node:test";
import {beginningOf} from "./process.js";

test("a process begins once, and another at another time", async (t) => {
  const child = spawn("sleep", ["60"]);
  t.after(() => child.kill("SIGKILL"));
  const own = beginningOf(process.pid);
  assert.ok(own);
  assert.equal(beginningOf(process.pid), own);
  assert.notEqual(beginningOf(child.pid!), own);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(beginningOf(child.pid!), undefined);
});
