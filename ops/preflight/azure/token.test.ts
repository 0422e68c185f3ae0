import assert from "node:assert/strict";
import {test} from "node:test";
import {createTokens} from "./token.ts";

const HOUR_MS = 3_600_000;

test("one token serves all who ask, until shortly before it expires", async () => {
  let nowMs = 0;
  let count = 0;
  const getToken = async () => ({token: `t${++count}`, expiresOnTimestamp: nowMs + HOUR_MS});
  const tokens = createTokens(getToken, () => nowMs);
  assert.deepEqual(await Promise.all([tokens(), tokens()]), ["t1", "t1"]);
  nowMs = HOUR_MS - 5 * 60_000 - 1;
  assert.equal(await tokens(), "t1");
  nowMs += 1;
  assert.deepEqual(await Promise.all([tokens(), tokens()]), ["t2", "t2"]);
});
