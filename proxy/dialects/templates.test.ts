import assert from "node:assert/strict";
import {describe, test} from "node:test";
import fc from "fast-check";
import {FAMILIES, type Family, promptOf, templates} from "./templates.ts";

/** The literal prompt of each family: text before the gap `P\n`, after it `\nS`. */
const golden: Readonly<Record<Family, string>> = {
  qwen: "<|fim_prefix|>P\n<|fim_suffix|>\nS<|fim_middle|>",
  codestral: "[SUFFIX]\nS[PREFIX]P\n",
  "deepseek-coder":
    "<\uFF5Cfim\u2581begin\uFF5C>P\n<\uFF5Cfim\u2581hole\uFF5C>\nS<\uFF5Cfim\u2581end\uFF5C>",
  starcoder: "<fim_prefix>P\n<fim_suffix>\nS<fim_middle>",
  starcoder2: "<fim_prefix>P\n<fim_suffix>\nS<fim_middle>",
  codellama: "<PRE> P\n <SUF>\nS <MID>",
  codegemma: "<|fim_prefix|>P\n<|fim_suffix|>\nS<|fim_middle|>",
  "seed-coder": "<[fim-suffix]>\nS<[fim-prefix]>P\n<[fim-middle]>",
  mellum: "<fim_suffix>\nS<fim_prefix>P\n<fim_middle>",
};

const FILES = [
  {path: "a/x.ts", text: "X"},
  {path: "y.ts", text: "Y\n"},
];

/** Of families without a sign for files. */
const SNIPPETS = "X\n\n--- snippet ---\n\nY\n\n\n--- snippet ---\n\nP\n";

/** The same beside two files. */
const beside: Readonly<Record<Family, string>> = {
  qwen:
    "<|repo_name|>myproject\n<|file_sep|>a/x.ts\nX\n<|file_sep|>y.ts\nY\n\n<|file_sep|>filename\n" +
    golden.qwen,
  codestral: "[SUFFIX]\nS[PREFIX]+++++ a/x.ts\nX\n\n+++++ y.ts\nY\n\n\n+++++ filename\nP\n",
  starcoder2:
    "<repo_name>myproject<file_sep>a/x.ts\nX<file_sep>y.ts\nY\n<file_sep>" +
    "<fim_prefix>filename\nP\n<fim_suffix>\nS<fim_middle>",
  codegemma:
    "a/x.ts\nX<|file_separator|>y.ts\nY\n<|file_separator|>" +
    "<|fim_prefix|>filename\nP\n<|fim_suffix|>\nS<|fim_middle|>",
  mellum:
    "<filename>a/x.ts\nX\n<filename>y.ts\nY\n\n<filename>filename\n" +
    "<fim_suffix>\nS<fim_prefix>P\n<fim_middle>",
  "deepseek-coder": golden["deepseek-coder"].replace("P\n", SNIPPETS),
  starcoder: golden.starcoder.replace("P\n", SNIPPETS),
  codellama: golden.codellama.replace("P\n", SNIPPETS),
  "seed-coder": golden["seed-coder"].replace("P\n", SNIPPETS),
};

const file = (text: fc.Arbitrary<string>) => fc.record({path: text, text});

const count = (text: string, sign: string) => text.split(sign).length - 1;

for (const family of FAMILIES)
  describe(family, () => {
    const {controls, stops} = templates[family];

    test("asks by its own signs, in its own order", () => {
      assert.equal(promptOf(family, "P\n", "\nS"), golden[family]);
    });

    test("shows other files by its own signs, if it has any", () => {
      assert.equal(promptOf(family, "P\n", "\nS", FILES), beside[family]);
    });

    test("an empty suffix leaves the signs as they are", () => {
      assert.equal(promptOf(family, "P\n", ""), golden[family].replace("\nS", ""));
    });

    test("its stops are signs that a user's text cannot spell", () => {
      assert.deepEqual(
        stops.filter((stop) => !controls.includes(stop)),
        [],
      );
    });

    test("whatever the texts spell, each sign is there as often as the template puts it", () => {
      const halves = controls.flatMap((sign) => [sign, sign.slice(0, 1), sign.slice(1)]);
      const thirds = controls.flatMap((sign) => [sign.slice(0, 4), sign.slice(4)]);
      const piece = fc.oneof(
        fc.constantFrom(...halves, ...thirds, " ", "$&", "$1"),
        fc.string({maxLength: 3}),
      );
      const text = fc.array(piece, {maxLength: 12}).map((pieces) => pieces.join(""));
      fc.assert(
        fc.property(text, text, (prefix, suffix) => {
          const prompt = promptOf(family, prefix, suffix);
          for (const sign of controls)
            assert.equal(count(prompt, sign), count(golden[family], sign), sign);
        }),
      );
      fc.assert(
        fc.property(text, text, fc.tuple(file(text), file(text)), (prefix, suffix, files) => {
          const prompt = promptOf(family, prefix, suffix, files);
          for (const sign of controls)
            assert.equal(count(prompt, sign), count(beside[family], sign), sign);
        }),
      );
    });

    test("of a text with a sign in it nothing is lost but that it is one", () => {
      const prompt = promptOf(family, `a${controls[0]}b`, "");
      assert.ok(prompt.replaceAll(" ", "").includes(`a${controls[0]}b`.replaceAll(" ", "")));
    });
  });
