import assert from "node:assert/strict";
import {test} from "node:test";
import {bundle} from "./bundle.ts";
import {contextOf} from "./image.ts";
import {untar} from "./untar.rig.ts";

test("what the registry builds from has a Dockerfile, and all that it copies and runs", async () => {
  const {Dockerfile = "", ...others} = untar(contextOf(await bundle()).archive);
  const copied = /^COPY (.+) \.\/$/m.exec(Dockerfile)?.[1]?.split(" ") ?? [];
  assert.deepEqual(copied.toSorted(), Object.keys(others).toSorted());
  const [program, ...args] = JSON.parse(/^CMD (.+)$/m.exec(Dockerfile)?.[1] ?? "[]");
  assert.equal(program, "node");
  for (const file of args) assert.ok(copied.includes(file), file);
  assert.deepEqual(JSON.parse(others["package.json"]!), {type: "module"});
});

test("other content is another image", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const hashOf = (main: string) =>
    contextOf({files: {"main.js": bytes(main), "issuer.js": bytes("")}}).hash;
  assert.equal(hashOf("1"), hashOf("1"));
  assert.notEqual(hashOf("1"), hashOf("2"));
});
