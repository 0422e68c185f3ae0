import assert from "node:assert/strict";
import {test} from "node:test";
import {bundle} from "./bundle.ts";

test("the same sources give the same bytes, under 2 MB a program", async () => {
  const [first, second] = [await bundle(), await bundle()];
  assert.deepEqual(first, second);
  for (const [name, bytes] of Object.entries(first.files))
    assert.ok(bytes.length < 2e6, `${name} has ${bytes.length} bytes`);
});
