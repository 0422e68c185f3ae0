import assert from "node:assert/strict";
import {test} from "node:test";
import {ProxyError} from "./errors.ts";

test("an error of a table has no stack of its own, and takes nobody else's", () => {
  const cause = new Error("behind it");
  const error = new ProxyError("INTERNAL", {cause});
  assert.ok(!error.stack?.includes("coded-error.test.ts"), error.stack ?? "");
  assert.equal(error.cause, cause);
  assert.ok(new Error("after it").stack?.includes("coded-error.test.ts"));
});
