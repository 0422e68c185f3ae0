import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import {countOf, progressLine} from "./progress.js";

test("who waits is told for how long, and of packages how many have come", () => {
  assert.deepEqual(
    [
      progressLine({what: "fetching Envoy", seconds: 9.7}),
      progressLine({what: "installing", seconds: 5, count: {done: 3, all: 353}}),
    ],
    ["setup: still fetching Envoy: 10 s\n", "setup: still installing: 5 s, 3 of 353 packages\n"],
  );
});

test("it is told while the process is held up, and no longer", (t) => {
  const root = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(root, {recursive: true}));
  writeFileSync(
    join(root, "package-lock.json"),
    '{"packages": {"": {}, "node_modules/a": {}, "node_modules/b": {}, "node_modules/mac": {"optional": true}}}',
  );
  mkdirSync(join(root, "node_modules/a"), {recursive: true});
  writeFileSync(join(root, "node_modules/a/package.json"), "{}");
  assert.deepEqual(countOf(root), {done: 1, all: 2});
  const log = join(root, "log");
  const task = {what: "working", root, everyMs: 10};
  const wait = `until [ "$(grep -c working ${log})" -gt 2 ]; do sleep 0.01; done`;
  const program = `import {spawnSync} from "node:child_process";
    import {withProgress} from ${JSON.stringify(join(import.meta.dirname, "progress.js"))};
    withProgress(${JSON.stringify(task)}, () => spawnSync("sh", ["-c", ${JSON.stringify(wait)}]));`;
  const shell = `"$0" --input-type=module --eval "$1" 2> ${log}`;
  execFileSync("sh", ["-c", shell, process.execPath, program], {timeout: 30_000});
  assert.match(readFileSync(log, "utf8"), /^(setup: still working: \d+ s, 1 of 2 packages\n){3,}$/);
});
