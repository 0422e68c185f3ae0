import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {test} from "node:test";

interface Lock {
  readonly packages: Readonly<
    Record<string, {readonly integrity?: string; readonly link?: boolean}>
  >;
}

const read = <Content>(file: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", file), "utf8")) as Content;

test("every package is pinned with its hash, and two alone may run what they bring", () => {
  const {packages} = read<Lock>("package-lock.json");
  const loose = Object.entries(packages).filter(
    ([path, {integrity, link}]) => path !== "" && !link && !integrity?.startsWith("sha512-"),
  );
  assert.deepEqual(loose, []);
  const {allowScripts} = read<{allowScripts: Record<string, boolean>}>("package.json");
  const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name]);
  assert.deepEqual(allowed, ["esbuild", "node"]);
});
