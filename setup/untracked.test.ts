import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, type TestContext, test} from "node:test";

const PRELUDE = `import {executionAsyncId} from "node:async_hooks";
import {describe, test} from "node:test";
import {setTimeout as pause} from "node:timers/promises";
`;

/** Runs a file of these tests on its own. */
function run(t: TestContext, tests: string) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const file = join(folder, "stray.mjs");
  writeFileSync(file, PRELUDE + tests);
  const args = ["--import", join(import.meta.dirname, "untracked.js"), "--test-reporter=tap", file];
  // By this variable a file would take itself for one of this run.
  const {NODE_TEST_CONTEXT: _, ...env} = process.env;
  return new Promise<{code: number; stdout: string; stderr: string}>((resolve) =>
    execFile(process.execPath, args, {env, timeout: 60_000}, (error, stdout, stderr) =>
      resolve({code: error ? Number(error.code) : 0, stdout, stderr}),
    ),
  );
}

test("no promise of a test is followed", async (t) => {
  const {code, stdout} = await run(
    t,
    `test("one", async () => { await pause(1); if (executionAsyncId() !== 0) throw new Error("followed"); });`,
  );
  assert.deepEqual([code, stdout.match(/^# pass .*/m)?.[0]], [0, "# pass 1"], stdout);
});

test("tests are still their suites', and what fails is told by name", async (t) => {
  const {code, stdout} = await run(
    t,
    `describe("outer", () => {
      describe("inner", () => test("good", async () => await pause(1)));
      test("bad", async () => { await pause(1); throw new Error("as it should"); });
    });
    test("by itself", async (t) => { await pause(1); await t.test("part", () => {}); });`,
  );
  const told = [...stdout.matchAll(/^( *(?:not )?ok .*)$/gm)].map(([line]) => line);
  assert.deepEqual(told, [
    "        ok 1 - good",
    "    ok 1 - inner",
    "    not ok 2 - bad",
    "not ok 1 - outer",
    "    ok 1 - part",
    "ok 2 - by itself",
  ]);
  assert.equal(code, 1);
});

test("a file that cannot be loaded fails, whatever is wrong with it", async (t) => {
  const cases = {
    missing: `import "./missing.mjs";`,
    "no such export": `import {nothing} from "node:path"; test("one", () => nothing);`,
    "thrown before a test": `throw new Error("before");`,
    "thrown after a test": `test("one", () => {}); throw new Error("after");`,
    "refused before a test": `await Promise.reject(new Error("refused"));`,
    "refused and left": `void Promise.reject(new Error("left")); await pause(100);`,
  };
  for (const [name, file] of Object.entries(cases)) {
    const {code, stdout, stderr} = await run(t, file);
    assert.notEqual(code, 0, `${name}: ${stdout}${stderr}`);
  }
});

// What a suite declares after it has waited is no longer known to be its own.
test("no suite waits before it declares its tests", () => {
  const cwd = join(import.meta.dirname, "..");
  const files = globSync("*/**/*.{test,tour}.ts", {cwd, exclude: ["node_modules/**"]});
  assert.ok(files.length > 100);
  const waits = /\b(describe|suite)\(\s*("[^"]*"|`[^`]*`|\w+),\s*async\b/;
  const waiting = files.filter((file) => waits.test(readFileSync(join(cwd, file), "utf8")));
  assert.deepEqual(waiting, []);
});

describe("a stray error fails its file at once, though its test would wait for ever:", () => {
  const strays = {
    "a rejection that nobody hears": "Promise.reject(new Error('stray'));",
    "an error of a timer": "setTimeout(() => { throw new Error('stray'); }, 1);",
    "a rejection after a while": "await pause(1); Promise.reject(new Error('stray'));",
    "an error of a timer after a while":
      "await pause(1); setTimeout(() => { throw new Error('stray'); }, 1);",
  };
  for (const [name, stray] of Object.entries(strays))
    test(name, async (t) => {
      const wait = "await new Promise(() => {});";
      const {code, stdout, stderr} = await run(t, `test("one", async () => { ${stray} ${wait} });`);
      assert.equal(code, 1);
      assert.match(stdout + stderr, /stray/);
    });
});
