import assert from "node:assert/strict";
import {test} from "node:test";
import {bodyOf} from "./bodies.ts";

test("a request of any size is that long to the byte, and most of it is before the cursor", () => {
  for (let kilobytes = 1; kilobytes <= 32; kilobytes++) {
    const body = bodyOf({kilobytes});
    const {prompt, suffix} = JSON.parse(body.toString());
    assert.equal(body.length, kilobytes * 1000);
    assert.ok(prompt.length > 2 * suffix.length && suffix.length > 0, `${kilobytes} kB`);
  }
});

test("code in a request is escaped as real code is: newlines, quotes and backslashes", () => {
  const escapes =
    bodyOf({kilobytes: 8})
      .toString()
      .match(/\\["\\nt]/g) ?? [];
  assert.deepEqual([...new Set(escapes)].toSorted(), ['\\"', "\\\\", "\\n"]);
  assert.ok(escapes.length > 8 * 25, `${escapes.length} escapes in 8 kB`);
});
