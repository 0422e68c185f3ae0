import assert from "node:assert/strict";
import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {test} from "node:test";
import {blocksOf, nameOf, otherTestOf, pages, reasonOf, root, whyNot} from "./blocks.rig.ts";
import {FOLLOWED, HELD} from "./followed.rig.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");
const blocks = pages.flatMap(blocksOf);
const {scripts} = JSON.parse(read("package.json")) as {scripts: Record<string, string>};

test("blocks of commands are found on the pages", () => {
  assert.ok(blocks.length > 40);
  assert.ok(blocks.filter((block) => !whyNot(block)).length > 20);
});

test("what is said to run a block is there", () => {
  const others = blocks.flatMap((block) => otherTestOf(block) ?? []);
  for (const file of [...others, ...Object.values(HELD)])
    assert.ok(existsSync(join(root, file)), file);
  for (const page of [...FOLLOWED, ...Object.keys(HELD)])
    assert.ok(
      blocks.some((block) => block.page === page),
      page,
    );
});

test("nothing is run that could ask somebody else: such a block has its reason", () => {
  const outside =
    /https?:\/\/(?!127\.)|\baz\b|\bkubectl\b|\bdocker\b|\bcosign\b|\bgit (clone|push)\b/;
  const run = blocks.filter((block) => !HELD[block.page] && reasonOf(block) === undefined);
  assert.deepEqual(run.filter(({commands}) => outside.test(commands)).map(nameOf), []);
});

test("every command of npm that a page names is in package.json", () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/\bnpm run (?:--silent )?([a-z][\w-]*)/g)].map(([, name]) => ({
      page,
      name: name!,
    })),
  );
  assert.ok(named.length > 100);
  assert.deepEqual(
    named.filter(({name}) => !(name in scripts)),
    [],
  );
});
