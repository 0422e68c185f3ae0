import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";
import {successorsOf} from "./successors.ts";

const NAMES = ["a", "b", "c", "d", "e"];

/** Each model's successor, or none. */
const successors = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES));

const fileOf = (next: Readonly<Record<string, string>>) =>
  fileWith({
    models: NAMES.map(
      (name) =>
        `${name}: {model: gpt-4o, version: "1"${next[name] ? `, successor: ${next[name]}` : ""}}`,
    ).join("\n  "),
  });

test("whatever follows whatever, a file that is taken has lines that end, and one that is not is told each loop", () => {
  fc.assert(
    fc.property(successors, (next) => {
      const lines = NAMES.map((name) => walk(name, next));
      const loops = lines.filter((line) => line.at(-1) === line[0] && line.length > 1);
      const distinct = new Set(loops.map((line) => line.slice(1).toSorted().join()));
      try {
        const {models} = parseWorld(fileOf(next));
        assert.equal(distinct.size, 0);
        for (const [at, name] of NAMES.entries())
          assert.deepEqual(successorsOf(models, name), lines[at]!.slice(1));
      } catch (error) {
        assert.equal(
          (error as Error).message.match(/is a loop/g)?.length,
          distinct.size,
          `${error}`,
        );
      }
    }),
  );
});

/** A model and those that follow, until one comes twice. */
function walk(name: string, next: Readonly<Record<string, string>>): string[] {
  const line = [name];
  for (let one = next[name]; one !== undefined; one = next[one]) {
    const known = line.includes(one);
    line.push(one);
    if (known) break;
  }
  return line;
}
