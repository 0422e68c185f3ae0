import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {test} from "node:test";
import {fileURLToPath} from "node:url";

const preview = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url)), ...args], {
    encoding: "utf8",
  });

test("preview of all stacks of a file: a tree each, totals, the time, and what it costs a month", () => {
  const file = fileURLToPath(new URL("../../examples/small.yaml", import.meta.url));
  const {status, stdout, stderr} = preview("--file", file);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^global {2}\(\d+ Azure\)\n├─ /);
  assert.match(stdout, /\neastus2 {2}\(\d+ Azure, \d+ Kubernetes\)\n├─ /);
  assert.match(stdout, /\ndns {2}\(\d+ Azure\)\n/);
  assert.match(
    stdout,
    /\n4 stacks: \d+ Azure, \d+ Kubernetes resources, in [\d.]+ s\. Nothing was created\.\n\nstack +\$ a month\n/,
  );
  const rows = [...stdout.matchAll(/^(global|eastus2|fallback|dns|in all) +([\d,]+)$/gm)];
  const dollars = rows.map(([, , text = ""]) => Number(text.replace(",", "")));
  const total = dollars.pop()!;
  assert.deepEqual(
    rows.map(([, name]) => name),
    ["global", "eastus2", "fallback", "dns", "in all"],
  );
  assert.ok(Math.abs(total - dollars.reduce((sum, part) => sum + part, 0)) <= 2);
  assert.ok(
    stdout.endsWith(
      `\nSome $${total.toLocaleString("en-US")} a month by list prices, before anyone uses it; what use and tokens add: npm run cost\n`,
    ),
  );
});

test("preview of one stack of regions.yaml as JSON", () => {
  const {status, stdout, stderr} = preview("--stack", "global", "--json");
  assert.equal(status, 0, stderr);
  const stacks = JSON.parse(stdout) as {name: string; outputs: {signingKey: string}}[];
  assert.deepEqual(
    stacks.map(({name, outputs}) => [name, outputs.signingKey]),
    [["global", "[secret]"]],
  );
});

const refused: Record<string, [args: string[], message: RegExp]> = {
  "a misspelt stack": [
    ["--stack", "gloabl"],
    /^"gloabl" is not a stack; did you mean "global"\? The stacks are global, /,
  ],
  "an unknown option": [["--stak", "global"], /--stak is not an option; did you mean "--stack"\?/],
  "a file to compare with a revision": [
    ["--base", "HEAD", "--file", "examples/small.yaml"],
    /^--file: a comparison is of all stacks of regions\.yaml/,
  ],
  "a stack without its option": [["global"], /^"global" is not an option; each begins with --/],
};

for (const [what, [args, message]] of Object.entries(refused))
  test(`preview with ${what} is refused`, () => {
    const {status, stdout, stderr} = preview(...args);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, message);
  });

test("preview --help", () => {
  const {status, stdout} = preview("--help");
  assert.equal(status, 0);
  assert.match(stdout, /^npm run preview -- \[--file FILE\] \[--stack NAME\]/);
});
