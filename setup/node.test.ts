import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {globSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {test} from "node:test";
import {parse} from "yaml";
import {LEAST_NODE, PINNED_NODE, whyNoTypescript, whyTooOld} from "./node.js";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", {cwd: root})];

test("package.json says which Node set-up needs, and which one set-up brings", () => {
  assert.ok(LEAST_NODE >= 20);
  assert.match(PINNED_NODE, /^\d+\.\d+\.\d+$/);
  assert.equal(whyTooOld(PINNED_NODE), undefined);
  assert.equal(whyTooOld(`${LEAST_NODE}.0.0`), undefined);
  assert.match(
    whyTooOld(`${LEAST_NODE - 1}.9.9`)!,
    /^needs Node \d+ or newer, and this is \d+\.9\.9; /,
  );
});

test("pages name the same Node", () => {
  const named = pages.flatMap((file) =>
    [...read(file).matchAll(/Node (\d[\d.]*) or newer/g)].map(([, version]) => [file, version]),
  );
  assert.deepEqual(named, [
    ["README.md", `${LEAST_NODE}`],
    ["CONTRIBUTING.md", `${LEAST_NODE}`],
  ]);
});

test("workflows run the pinned Node, Pulumi's programs too", () => {
  const {runs} = parse(read(".github/actions/ready/action.yml"));
  const [node, install] = runs.steps;
  assert.equal(node.with["node-version"], PINNED_NODE);
  assert.match(install.run, /node_modules\/\.bin" >> "\$GITHUB_PATH"/);
  for (const file of globSync(".github/**/*.yml", {cwd: root}))
    if (!file.endsWith("ready/action.yml")) assert.doesNotMatch(read(file), /setup-node/, file);
});

const EXPORT = "export PATH=$PWD/node_modules/.bin:$PATH";

test("whoever runs pulumi by hand is told first which Node it takes", () => {
  for (const page of ["docs/first-region.md", "docs/operations.md"]) {
    const text = read(page);
    const at = text.search(/^ *(openssl .*\| )?pulumi /m);
    assert.ok(text.indexOf(EXPORT) > 0 && text.indexOf(EXPORT) < at, page);
  }
  assert.ok(whyNoTypescript({typescript: false})!.endsWith(EXPORT));
});

test("a Node that cannot run TypeScript is told so by the program that pulumi runs", () => {
  const program = 'const {default: main} = await import("./infra/main.js"); await main();';
  const flags = ["--no-strip-types", "--input-type=module", "--eval", program];
  const {status, stderr} = spawnSync(process.execPath, flags, {cwd: root, encoding: "utf8"});
  assert.equal(status, 1);
  assert.ok(stderr.includes(whyNoTypescript({})!), stderr);
});
