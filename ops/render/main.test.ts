import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {join} from "node:path";
import {test} from "node:test";

test("what is committed as rendered is what would be rendered now", () => {
  const args = [join(import.meta.dirname, "main.ts"), "--check"];
  const {stderr, status} = spawnSync(process.execPath, args, {encoding: "utf8"});
  assert.deepEqual({status, stderr}, {status: 0, stderr: ""});
});
