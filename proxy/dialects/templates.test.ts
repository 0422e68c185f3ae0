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
  codellama: "<PRE> P\n <SUF>\nS <MID>",
  codegemma: "<|fim_prefix|>P\n<|fim_suffix|>\nS<|fim_middle|>",
  "seed-coder": "<[fim-suffix]>\nS<[fim-prefix]>P\n<[fim-middle]>",
  mellum: "<fim_suffix>\nS<fim_prefix>P\n<fim_middle>",
};

const count = (text: string, sign: string) => text.split(sign).length - 1;

for (const family of FAMILIES)
  describe(family, () => {
    const {controls, stops} = templates[family];

    test("asks by its own signs, in its own order", () => {
      assert.equal(promptOf(family, "P\n", "\nS"), golden[family]);
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
    });

    test("of a text with a sign in it nothing is lost but that it is one", () => {
      const prompt = promptOf(family, `a${controls[0]}b`, "");
      assert.ok(prompt.replaceAll(" ", "").includes(`a${controls[0]}b`.replaceAll(" ", "")));
    });
  });
