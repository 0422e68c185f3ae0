import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {filterOf, purgeTask} from "./purge.ts";

const tag = fc.stringMatching(/^[0-9a-f]{12}$/);
const keep = {days: 90, latest: 20};
const at = (digit: string) => `@sha256:${digit.repeat(64)}`;

test("whatever runs, its tags are never matched, and every other that was built here is", () => {
  fc.assert(
    fc.property(fc.array(tag, {minLength: 1}), tag, (running, other) => {
      const filter = new RegExp(filterOf(running));
      for (const one of running) assert.ok(!filter.test(one), one);
      assert.equal(filter.test(other), !running.includes(other));
    }),
  );
});

test("what bears another kind of tag is not ours to remove", () => {
  const filter = new RegExp(filterOf(["0123456789ab"]));
  for (const other of ["latest", "0123456789abc", "0123456789a", "0123456789AB", "sha256-0123"])
    assert.ok(!filter.test(other), other);
});

test("one step for each kind of image, and each that runs is kept, once", () => {
  const running = [
    `r.io/meridian-proxy:00000000000b${at("b")}`,
    `r.io/meridian-proxy:00000000000a${at("a")}`,
    `r.io/meridian-edge:00000000000e${at("e")}`,
    `r.io/meridian-proxy:00000000000b${at("b")}`,
  ];
  assert.equal(
    purgeTask(running, keep),
    `version: v1.1.0
steps:
  - cmd: mcr.microsoft.com/acr/acr-cli:0.17 purge --filter 'meridian-edge:^(?!(00000000000e)$)[0-9a-f]{12}$' --ago 90d --keep 20 --untagged
  - cmd: mcr.microsoft.com/acr/acr-cli:0.17 purge --filter 'meridian-proxy:^(?!(00000000000a|00000000000b)$)[0-9a-f]{12}$' --ago 90d --keep 20
`,
  );
});

test("what has no tag goes only where all that runs is one image: any other may have lost its own", () => {
  const image = fc.record({tag: fc.constantFrom("a", "b"), digest: fc.constantFrom("a", "b")});
  fc.assert(
    fc.property(fc.array(image, {minLength: 1, maxLength: 4}), (images) => {
      const running = images.map(({tag, digest}) => `r.io/p:${tag.repeat(12)}${at(digest)}`);
      const task = purgeTask(running, keep);
      assert.equal(task.includes(" --untagged"), new Set(running).size === 1, task);
    }),
  );
});

test("an image that is named otherwise stops it, rather than go unseen", () => {
  for (const image of ["r.io/meridian-proxy:latest", "r.io/meridian-proxy", `r.io/p${at("a")}`])
    assert.throws(() => purgeTask([image], keep), /has no tag of 12 hex digits/);
});
