import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";

const ROOT = join(import.meta.dirname, "../..");
const {scripts} = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** A fresh clone, on a machine that has Node and nothing else. */
function clone(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(root, {recursive: true}));
  for (const file of ["package.json", "package-lock.json", "regions.yaml"])
    cpSync(join(ROOT, file), join(root, file));
  cpSync(join(ROOT, "setup"), join(root, "setup"), {recursive: true});
  const files = () => globSync("**/*", {cwd: root}).toSorted();
  const run = (script: string, ...args: string[]) => {
    const [, ...words] = script.split(" ");
    // The oldest Node that set-up takes knows no TypeScript.
    return spawnSync(process.execPath, ["--no-strip-types", ...words, ...args], {
      cwd: root,
      env: {PATH: root, HOME: root, OCTODNS: "off", ENVOY: "off"},
      encoding: "utf8",
    });
  };
  return {root, files, run};
}

test("every command is run by what sees to its help and to set-up, and no hook of npm's is in the way", () => {
  const names = Object.keys(scripts);
  assert.ok(names.length > 20);
  for (const [name, script] of Object.entries(scripts)) {
    assert.match(script, /^node setup\/(command\/run\.js (\S+\.ts|test|check)|doctor\/main\.js)$/);
    assert.ok(!/^(pre|post)./.test(name) || !names.includes(name.replace(/^(pre|post)/, "")), name);
  }
});

test("a fresh clone tells the help of every command, and nothing is set up for it", (t) => {
  const {files, run} = clone(t);
  const before = files();
  for (const [name, script] of Object.entries(scripts))
    for (const flag of ["--help", "-h"]) {
      const {status, stdout, stderr} = run(script, "--some", "thing", flag);
      assert.deepEqual([status, stderr], [0, ""], name);
      assert.match(stdout, new RegExp(`^npm (run |run --silent )?${name}( |\n)`), name);
      assert.match(stdout, /\n {2}--help {2,}this text\n/, name);
    }
  assert.deepEqual(files(), before);
});

test("where npm is missing, every command that needs it ends with the one line that mends it", (t) => {
  const {run} = clone(t);
  for (const [name, script] of Object.entries(scripts).filter(([name]) => name !== "doctor")) {
    const {status, stdout, stderr} = run(script);
    assert.deepEqual([status, stdout], [1, ""], name);
    assert.equal(
      stderr,
      `setup: installing the locked dependencies (npm ci; half a minute, once)
setup: npm is not on PATH; install it, with Node: https://nodejs.org/en/download
`,
      name,
    );
  }
});

const NPM = `#!/bin/sh
/bin/mkdir -p node_modules/.bin
/bin/cp package-lock.json node_modules/.package-lock.json
printf '#!/bin/sh\\necho "pinned: $*"; [ "$4" = die ] && kill -TERM $$; exit 7' > node_modules/.bin/node
/bin/chmod +x node_modules/.bin/node`;

test("after set-up a command runs on the pinned Node, with what it was given and to its own end", (t) => {
  const {root, run} = clone(t);
  writeFileSync(join(root, "npm"), NPM, {mode: 0o755});
  const manifest = {type: "module", engines: {node: ">=20"}, dependencies: {node: "99.0.0"}};
  writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
  const first = run(scripts.dns!, "--place", "DE");
  assert.deepEqual([first.status, first.stdout], [7, "pinned: ops/dns/main.ts --place DE\n"]);
  assert.match(first.stderr, /^setup: installing the locked dependencies .*\n$/);
  const second = run(scripts.dns!, "--place", "DE", "die");
  assert.deepEqual([second.status, second.stderr], [128 + 15, ""]);
  assert.match(run(scripts.test!, "x.test.ts").stdout, /^pinned: --test .* x\.test\.ts\n$/);
});

test("what CI runs tells its help, and refuses what it does not know, before it gets anything", (t) => {
  const {root, files} = clone(t);
  cpSync(join(ROOT, ".ci"), join(root, ".ci"), {recursive: true});
  const before = files();
  const run = (argument: string) => {
    const options = {cwd: root, env: {PATH: ""}, encoding: "utf8"} as const;
    const {status, stdout, stderr} = spawnSync("/bin/bash", [".ci/run", argument], options);
    return [status, stdout.split("\n")[0], stderr];
  };
  assert.deepEqual(
    [run("--help"), run("--hlep")],
    [
      [0, "bash .ci/run", ""],
      [2, "", "--hlep is not an option; use one of --help\n"],
    ],
  );
  assert.deepEqual(files(), before);
});
