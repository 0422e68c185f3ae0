import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {test} from "node:test";
import {complete} from "../../cloud/models/completer.ts";

const PAGE = join(import.meta.dirname, "page/index.html");

test("what the page suggests first is right: its function does what it is called", () => {
  const [, prompt = ""] = /<textarea[^>]*>([^<]*)</.exec(readFileSync(PAGE, "utf8")) ?? [];
  const [line] = complete({prompt, maxTokens: 64}).tokens.join("").split("\n");
  const code = `${prompt}${line}\n  return total;\n}\nreturn sum([1, 2, 3]) + double(10);`;
  assert.equal(new Function(code)(), 26);
});
