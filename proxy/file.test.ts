import assert from "node:assert/strict";
import {mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {until} from "../setup/until.ts";
import {watchFile} from "./file.ts";

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const refused: unknown[] = [];
  const watch = (name: string) => {
    const path = join(folder, name);
    const file = watchFile({
      path,
      parse: JSON.parse,
      refused: (cause) => refused.push(cause),
      everyMs: 5,
    });
    t.after(() => file.close());
    return file;
  };
  return {folder, refused, watch};
}

test("a bad file is reported and the last good value stays, until a good one comes", async (t) => {
  const {folder, refused, watch} = setUp(t);
  writeFileSync(join(folder, "policy.json"), "1");
  const file = watch("policy.json");
  writeFileSync(join(folder, "policy.json"), "{bad");
  await until(() => refused.length === 1);
  assert.equal(file.value, 1);
  writeFileSync(join(folder, "policy.json"), "22");
  await until(() => file.value === 22);
});

test("a mounted ConfigMap changes by its link", async (t) => {
  const {folder, watch} = setUp(t);
  for (const version of ["v1", "v2"]) {
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, "policy.json"), JSON.stringify(version));
  }
  symlinkSync("v1", join(folder, "data"));
  const file = watch("data/policy.json");
  symlinkSync("v2", join(folder, "next"));
  renameSync(join(folder, "next"), join(folder, "data"));
  await until(() => file.value === "v2");
});

test("a file that is bad from the start is the caller's to report", (t) => {
  const {watch} = setUp(t);
  assert.throws(() => watch("missing.json"), {code: "ENOENT"});
});

test("a value that is not accepted is refused once, and taken as soon as it can be", async (t) => {
  const {folder, refused} = setUp(t);
  const path = join(folder, "policy.json");
  writeFileSync(path, "1");
  let most = 1;
  const seen: number[] = [];
  const file = watchFile({
    path,
    parse: JSON.parse,
    accept: (value: number) => {
      if (value > most) throw new Error(`over ${most}`);
    },
    changed: (value) => seen.push(value),
    refused: (cause) => refused.push(cause),
    everyMs: 5,
  });
  t.after(() => file.close());
  writeFileSync(path, "22");
  await until(() => refused.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([file.value, seen, refused.map(String)], [1, [], [`Error: ${path}: over 1`]]);
  assert.equal(file.fault, `Error: ${path}: over 1`);
  most = 30;
  await until(() => file.value === 22);
  assert.deepEqual([seen, file.fault, refused.length], [[22], undefined, 1]);
});
