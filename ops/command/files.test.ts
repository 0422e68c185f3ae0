import assert from "node:assert/strict";
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {type TestContext, test} from "node:test";
import {faultOf, requireWritable, textIn, writeText} from "./files.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  return folder;
}

test("a file that cannot be taken is told with its option, and its mend", (t) => {
  const folder = folderOf(t);
  const files: Record<string, [bytes: Uint8Array | undefined, fault: string]> = {
    absent: [undefined, "is not there; see whether it is written right, from this folder on"],
    empty: [Buffer.from(" \n"), "is empty; name the file that was meant"],
    zeros: [Buffer.alloc(64), "is not a text in UTF-8; name another file, or save it as UTF-8"],
    image: [
      Buffer.from([0x89, 0x50, 0x4e, 0x47]),
      "is not a text in UTF-8; name another file, or save it as UTF-8",
    ],
    "image/x": [undefined, "goes through a file as if that were a folder; name another"],
  };
  for (const [name, [bytes, fault]] of Object.entries(files)) {
    const file = join(folder, name);
    if (bytes) writeFileSync(file, bytes);
    assert.throws(() => textIn("--load", file), {message: `--load ${file}: ${fault}`}, name);
  }
  assert.throws(() => textIn("--load", folder), {
    message: `--load ${folder}: is a folder; name the file in it`,
  });
  writeFileSync(join(folder, "good"), "é\n");
  assert.equal(textIn("--load", join(folder, "good")), "é\n");
});

test("what the system refuses is told with what lets it", () => {
  assert.deepEqual(
    [
      faultOf("EACCES", "/no/day.yaml", "read"),
      faultOf("EPERM", "/no/map.svg", "write"),
      faultOf("EROFS", "/no/map.svg", "write"),
      faultOf("ENOSPC", "/no/map.svg", "write"),
      faultOf("EMFILE", "/no/map.svg", "write"),
    ],
    [
      "this user may not read it; let it: sudo chmod a+r /no/day.yaml, or name a copy of your own",
      "this user may not write there; name a place of your own",
      "is on a disk that takes no writes; name another place",
      "the disk is full; make room",
      undefined,
    ],
  );
});

test("a file is written, with its folder; what cannot be written is told before the work", (t) => {
  const folder = folderOf(t);
  const file = join(folder, "a/b/map.svg");
  requireWritable("--out", file);
  assert.ok(!existsSync(file));
  writeText("--out", file, "x");
  requireWritable("--out", file);
  assert.equal(readFileSync(file, "utf8"), "x");
  mkdirSync(join(folder, "c"));
  for (const write of [
    requireWritable,
    (option: string, file: string) => writeText(option, file, ""),
  ]) {
    assert.throws(() => write("--out", join(folder, "c")), {
      message: `--out ${join(folder, "c")}: is a folder; name the file in it`,
    });
    assert.throws(() => write("--out", join(file, "d/e")), {
      message: `--out ${join(file, "d/e")}: goes through a file as if that were a folder; name another`,
    });
  }
});
