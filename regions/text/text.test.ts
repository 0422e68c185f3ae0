import assert from "node:assert/strict";
import {mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {test} from "node:test";
import fc from "fast-check";
import {readWorld} from "../read.ts";
import {textOf} from "./text.ts";

const wide = (text: string) => Buffer.from(text, "utf16le");
const turned = (bytes: Buffer) => Buffer.from(bytes).swap16();
const joined = (...parts: (string | number[])[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))),
  );

const notValid = (place: string, text: string) => `f.yaml is not valid:\n  - ${place} ${text}`;
const latin = (byte: string, letter: string) =>
  `the byte ${byte} is not UTF-8; where it was meant as "${letter}", the file is in Latin-1 or Windows-1252: save it as UTF-8, or by: iconv -f WINDOWS-1252 -t UTF-8`;
const written = (encoding: string) =>
  `f.yaml is written in ${encoding}; save it as UTF-8 in your editor, or by: iconv -f ${encoding} -t UTF-8`;
const control = (code: string) => `has the control character ${code}; take it out`;

const refused: Record<string, [bytes: Uint8Array, report: string]> = {
  "UTF-16 with its mark": [wide("\ufeffa: 1\n"), written("UTF-16LE")],
  "UTF-16 the other way round": [turned(wide("\ufeffa: 1\n")), written("UTF-16BE")],
  "UTF-16 without a mark": [wide("a: 1\nb: é\n"), written("UTF-16LE")],
  "UTF-16 the other way round, without a mark": [turned(wide("a: 1\n")), written("UTF-16BE")],
  "UTF-32": [joined([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), written("UTF-32LE")],
  "Latin-1": [
    Buffer.from("a: 1\ntags: {owner: Müller}\n", "latin1"),
    notValid("2:16", latin("FC", "ü")),
  ],
  "Latin-1 behind UTF-8": [joined("é: ü\nb: é", [0xe9], "\n"), notValid("2:5", latin("E9", "é"))],
  "Latin-1 behind the mark of UTF-8": [
    joined([0xef, 0xbb, 0xbf], "a: ", [0xe4], "\n"),
    notValid("1:4", latin("E4", "ä")),
  ],
  "a letter that is cut off": [
    joined("a: 1\nb: ", [0xe2, 0x82]),
    notValid("2:4", latin("E2", "â")),
  ],
  "half of a surrogate pair": [
    joined("a: ", [0xed, 0xa0, 0x80]),
    notValid("1:4", latin("ED", "í")),
  ],
  "a zero": [joined("a: 1\nb: x\0y\n"), notValid("2:5", control("U+0000"))],
  "an escape": [joined("a: \u001b[31m\n"), notValid("1:4", control("U+001B"))],
  "more than a file has": [
    Buffer.alloc((1 << 20) + 1, "a"),
    "f.yaml is over 1048576 bytes; split the service in two",
  ],
};

for (const [name, [bytes, message]] of Object.entries(refused))
  test(`${name} is told with its mend`, () => {
    assert.throws(() => textOf(bytes, "f.yaml"), {message});
  });

test("UTF-8 is taken, with its mark or without", () => {
  assert.equal(textOf(joined("é: ü 😀\r\n\tz"), "f.yaml"), "é: ü 😀\r\n\tz");
  assert.equal(textOf(joined([0xef, 0xbb, 0xbf], "a: 1\n"), "f.yaml"), "a: 1\n");
  assert.equal(textOf(joined(""), "f.yaml"), "");
});

test("a text comes back as it was, and a byte that is put into it is found where it stands", () => {
  const texts = fc.string({unit: fc.constantFrom(..."aé€😀\n: ")});
  const strays = fc.constantFrom(0x80, 0xbf, 0xc0, 0xf5, 0xff);
  fc.assert(
    fc.property(texts, texts, strays, (before, after, byte) => {
      assert.equal(textOf(joined(before + after), "f.yaml"), before + after);
      const lines = before.split("\n");
      const place = `${lines.length}:${lines.at(-1)!.length + 1}`;
      const told = notValid(place, `the byte ${byte.toString(16).toUpperCase()} is not UTF-8;`);
      assert.throws(
        () => textOf(joined(before, [byte], after), "f.yaml"),
        ({message}: Error) => message.startsWith(told),
      );
    }),
  );
});

test("a file is read by its bytes", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const path = join(folder, "regions.yaml");
  writeFileSync(path, "service: {tags: {owner: Müller}}\n", "latin1");
  assert.throws(() => readWorld(path), {
    message: `${path} is not valid:\n  - 1:26 ${latin("FC", "ü")}`,
  });
});
