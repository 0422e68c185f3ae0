import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {test} from "node:test";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const {version} = JSON.parse(read("package.json")) as {version: string};

/** Versions that have notes, the newest first. */
const told = [...read("CHANGELOG.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!);
const numbers = (version: string) => version.split(".").map(Number);

test("each version has its notes, in order, and package.json has the newest", () => {
  for (const one of told) assert.match(one, /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/);
  const sorted = told.toSorted((a, b) => {
    const [x, y] = [numbers(a), numbers(b)];
    const at = x.findIndex((number, index) => number !== y[index]);
    return at < 0 ? 0 : y[at]! - x[at]!;
  });
  assert.deepEqual(told, sorted);
  assert.equal(new Set(told).size, told.length);
  assert.equal(told[0], version);
});

test("each tag of a version has its notes", () => {
  const tags = execFileSync("git", ["tag", "--list", "v*"], {cwd: root, encoding: "utf8"});
  const tagged = tags.split("\n").filter(Boolean);
  assert.deepEqual(
    tagged.filter((tag) => !told.includes(tag.slice(1))),
    [],
  );
});

test("notes say what is new, what is done once, and what changes in the stacks", () => {
  const [, newest = ""] = read("CHANGELOG.md").split(/^## /m);
  const parts = [...newest.matchAll(/^### (.*)$/gm)].map(([, part]) => part);
  const before = told[1]!;
  assert.deepEqual(parts, ["New", `Once, coming from ${before}`, "In the stacks of the example"]);
});

test("the page that brings a version names the newest", () => {
  const [, named] = /^git merge --no-commit --no-ff v(\S+)/m.exec(read("docs/upgrade.md")) ?? [];
  assert.equal(named, version);
});
