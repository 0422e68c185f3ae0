import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {text} from "node:stream/consumers";
import {type TestContext, test} from "node:test";
import {fileURLToPath} from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What stands before a file that a command reads, by its program. */
const reads: readonly (readonly [program: string, ...before: string[]])[] = [
  ["ops/preview/main.ts", "--file"],
  ["ops/cost/main.ts", "--file"],
  ["ops/scale/main.ts", "--load"],
  ["ops/scale/main.ts", "--file"],
  ["ops/conform/main.ts"],
  ["ops/conform/main.ts", "record"],
  ["ops/rollout/main.ts", "--credential-file"],
  ["ops/weights/main.ts"],
  ["local/drills/main.ts", "region-loss", "--trace"],
  ["local/main.ts", "--file"],
];

/** The same of a file that it writes. */
const writes: typeof reads = [
  ["ops/dns/main.ts", "--map"],
  ["bench/main.ts", "--quick", "--out"],
  ["bench/soak/main.ts", "--minutes", "1", "--out"],
  ["local/drills/main.ts", "record"],
];

/** It is read only where an edge asks for one: ops/rollout/arguments.test.ts. */
const READ_ELSEWHERE = ["ops/rollout/main.ts --certificate-file"];

test("every option that help says takes a file is tried here", () => {
  const helps: Record<string, string> = JSON.parse(
    readFileSync(join(root, "setup/command/help.json"), "utf8"),
  );
  const options = Object.entries(helps).flatMap(([program, help]) =>
    [...help.matchAll(/^ {2}(?:(--[\w-]+) FILE|(record) FILE)/gm)].map(
      ([, option, operand]) => `${program} ${option ?? operand}`,
    ),
  );
  const here = [...reads, ...writes].map(([program, ...before]) => `${program} ${before.at(-1)}`);
  const tried = [...here, ...READ_ELSEWHERE];
  assert.deepEqual(
    options.filter((option) => !tried.includes(option)),
    [],
  );
});

function filesOf(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const at = (name: string) => join(folder, name);
  mkdirSync(at("folder"));
  writeFileSync(at("empty"), "");
  writeFileSync(at("binary"), Buffer.from(Array.from({length: 4096}, (_, at) => (at * 7) % 256)));
  return at;
}

async function told(args: readonly string[]) {
  const child = spawn(process.execPath, args, {cwd: root, stdio: ["ignore", "ignore", "pipe"]});
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
  return {code, err};
}

const MEND = /[;:] (see|name|fetch|save|create|let|take|write|the README)/;

for (const [program, ...before] of reads)
  test(`${program} ${before.join(" ")}: a file that cannot be taken is told in a line or two`, async (t) => {
    const at = filesOf(t);
    for (const name of ["absent", "folder", "empty", "binary", "empty/x"]) {
      const {code, err} = await told([program, ...before, at(name)]);
      assert.ok(code === 1 || code === 2, `${name}: ${code} ${err}`);
      assert.ok(err.includes(at(name)), `${name}: ${err}`);
      assert.match(err.slice(err.indexOf(at(name))), MEND, `${name}: ${err}`);
      assert.doesNotMatch(err, /\bE(NOENT|ISDIR|NOTDIR|ACCES)\b|\n {4}at |fault of Meridian/, name);
      assert.ok(err.length < 600 && err.split("\n").length < 8, `${name}: ${err}`);
    }
  });

for (const [program, ...before] of writes)
  test(`${program} ${before.join(" ")}: a file that cannot be written is told in two lines`, async (t) => {
    const at = filesOf(t);
    for (const name of ["folder", "empty/x"]) {
      const {code, err} = await told([program, ...before, at(name)]);
      assert.deepEqual(code, 2, err);
      assert.match(
        err,
        /^(--\w+|record) \S+: (is a folder; name the file in it|goes through a file as if that were a folder; name another)\n--help lists the options\.\n$/,
      );
    }
  });
