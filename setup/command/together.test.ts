import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {type TestContext, test} from "node:test";
import {processesOf, testFiles} from "./together.js";

const ROOT = join(import.meta.dirname, "../..");

test("each file of tests is run once, and processes have alike many", () => {
  const files = globSync("*/**/*.test.ts", {cwd: ROOT, exclude: ["**/node_modules/**"]});
  const {shared, alone} = processesOf(files);
  assert.deepEqual([...shared.flat(), ...alone].toSorted(), files.toSorted());
  const sizes = shared.map((share) => share.length);
  assert.ok(Math.min(...sizes) > 20 && Math.max(...sizes) - Math.min(...sizes) <= 1, `${sizes}`);
});

const HEAD = `import assert from "node:assert/strict";
import {before, beforeEach, test} from "node:test";
import {setTimeout as pause} from "node:timers/promises";
`;

/** By folder, what each process of the tests is given to run, and how it went. */
function run(t: TestContext, files: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(root, {recursive: true}));
  for (const [file, text] of Object.entries({"package.json": '{"type": "module"}', ...files})) {
    mkdirSync(dirname(join(root, file)), {recursive: true});
    writeFileSync(join(root, file), file.endsWith(".ts") ? HEAD + text : text);
  }
  const given = testFiles(root);
  // By this variable the files would take themselves for some of this run.
  const {NODE_TEST_CONTEXT: _, ...env} = process.env;
  const untracked = join(ROOT, "setup/untracked.js");
  const args = ["--test", "--import", untracked, "--test-reporter=tap", ...given];
  const {stdout, status} = spawnSync(process.execPath, args, {cwd: root, env, encoding: "utf8"});
  const told = stdout.matchAll(/^ *((?:not )?ok) \d+ - (.*)$/gm);
  return {given, status, stdout, told: [...told].map(([, ok, name]) => `${ok} ${name}`)};
}

test("files that share a process share no hook, and one that cannot be loaded fails alone", (t) => {
  const {given, status, stdout, told} = run(t, {
    "cloud/a.test.ts": `let up = false;
      before(async () => { await pause(20); up = true; });
      test("waits for its hook", () => assert.ok(up));`,
    "cloud/e.test.ts": `let calls = 0;
      beforeEach(() => { calls++; });
      test("has its hook called", () => assert.equal(calls, 1));
      test("and once a test", () => assert.equal(calls, 2));`,
    "cloud/i.test.ts": `let up = false;
      before(() => { up = true; });
      test("waits for its own", () => assert.ok(up));`,
    "dns/m.test.ts": "throw new Error('cannot be loaded');",
    "proxy/alone.test.ts": 'test("fails", () => assert.ok(false));',
    "proxy/node_modules/other.test.ts": "throw new Error('not ours');",
    "regions/z.test.ts": 'test("is run", () => {});',
  });
  assert.deepEqual(given, [
    ...[1, 2, 3, 4].map((at) => `.meridian/together/${at}.cjs`),
    "proxy/alone.test.ts",
  ]);
  assert.deepEqual(
    told.toSorted(),
    [
      "ok waits for its hook",
      "ok cloud/a.test.ts",
      "ok is run",
      "ok regions/z.test.ts",
      "ok has its hook called",
      "ok and once a test",
      "ok cloud/e.test.ts",
      "ok waits for its own",
      "ok cloud/i.test.ts",
      "not ok dns/m.test.ts",
      "not ok fails",
    ].toSorted(),
  );
  assert.equal(status, 1);
  assert.match(stdout, /cannot be loaded/);
});

test("what does not belong to a room that shares is run alone, and no process is for nothing", (t) => {
  const {given, told} = run(t, {"proxy/alone.test.ts": 'test("runs", () => {});'});
  assert.deepEqual([given, told], [["proxy/alone.test.ts"], ["ok runs"]]);
});
