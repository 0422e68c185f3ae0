import assert from "node:assert/strict";
import {globSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {test} from "node:test";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** As a refusal begins: `VaultAlreadyExists: `. */
const CODE = /[`"]([A-Z][A-Za-z\d]{5,}): /g;

const sources = globSync("cloud/{cloud,consequence,engine/provider,azure/**/*}.ts", {
  cwd: root,
}).filter((path) => !/\.(test|cases)\.ts$/.test(path));
const codes = new Set(
  sources.flatMap((path) => [...read(path).matchAll(CODE)].map(([, code]) => code!)),
);

/** What is refused, what it says, where, and by which source. */
const rows = read("docs/stand-in.md")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.slice(2, -2).split(" | "));

test("whatever the stand-in refuses is told with its source", () => {
  assert.ok(codes.size > 50, `${codes.size} codes`);
  const told = (code: string) => rows.some(([, says, , source]) => says?.includes(code) && source);
  const untold = [...codes].filter((code) => !told(code));
  assert.deepEqual(untold, [], "add a row to the table of Azure in docs/stand-in.md");
});

test("whatever is told of Azure is refused", () => {
  const words = rows
    .filter((row) => row.length === 4)
    .flatMap(([, says = ""]) => [...says.matchAll(/`([A-Z][a-z\d]+[A-Z]\w+)`/g)])
    .map(([, code]) => code!);
  assert.ok(words.length > 50, `${words.length} codes`);
  const text = sources.map(read).join("\n");
  assert.deepEqual(
    words.filter((code) => !text.includes(code)),
    [],
  );
});
