import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {LIMITS} from "./http2/limits.ts";
import {exceeds} from "./observe/proportion.ts";
import {OWN_LIMITS, rulesSchema} from "./policy.ts";

const page = readFileSync(new URL("../docs/hardening.md", import.meta.url), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));

/** In bytes, milliseconds, or as a plain number. */
const UNITS: Record<string, number> = {KB: 2 ** 10, MB: 2 ** 20, ms: 1, s: 1000};

/** The numbers that a cell of the table names. */
const numbersIn = (cell: string): number[] =>
  [...cell.matchAll(/([\d,]*\d)(?: (KB|MB|ms|s)\b)?/g)].map(
    ([, digits = "", unit = ""]) => Number(digits.replaceAll(",", "")) * (UNITS[unit] ?? 1),
  );

/** What `const NAME = 8 << 20;` says in a source file. */
function constant(file: string, name: string): number {
  const source = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
  const text = new RegExp(`^(?:export )?const ${name} = ([\\d_ *<]+);`, "m").exec(source)?.[1];
  assert.ok(text, `${file} has no number ${name}`);
  const [base, shift = "0"] = text.replaceAll("_", "").split("<<");
  return Number(base) * 2 ** Number(shift);
}

const CONSTANT = /`([A-Z_]+)` in \[(proxy\/[\w/-]+\.ts)\]/;
const constants = rows.flatMap((row) => {
  const [, what = "", value = ""] = row.split("|").map((cell) => cell.trim());
  const [, name, file] = CONSTANT.exec(row) ?? [];
  return name && file ? [{what, value, name, file}] : [];
});

test("the page names many limits", () => assert.ok(constants.length > 15, `${constants.length}`));

for (const {what, value, name, file} of constants)
  test(`docs/hardening.md: ${what}`, () =>
    assert.ok(
      numbersIn(what).concat(numbersIn(value)).includes(constant(file, name)),
      `${value} is not ${constant(file, name)}`,
    ));

test("docs/hardening.md: what regions.yaml sets", () => {
  const {limits} = rulesSchema.parse({});
  const said = {...limits};
  for (const [name, cell] of [
    ["bodyBytes", /`traffic\.limits\.bodyBytes` \| ([^|]+)/],
    ["userBytes", /`traffic\.limits\.userBytes` \| ([^|]+)/],
    ["streams", /`traffic\.limits\.streams` \| ([^|]+)/],
  ] as const)
    said[name] = numbersIn(cell.exec(page)![1]!)[0]!;
  const [perSecond, burst] = numbersIn(/`burst` \| ([^|]+)/.exec(page)![1]!);
  assert.deepEqual({...said, perSecond: perSecond! / 1, burst}, limits);
  for (const [name, own] of Object.entries(OWN_LIMITS)) {
    const [, cell] = new RegExp(`\\| \`traffic\\.limits\\.${name}\` \\| ([^|]+)`).exec(page)!;
    const {[name as keyof typeof OWN_LIMITS]: described} = rulesSchema.shape.limits.unwrap().shape;
    assert.deepEqual(numbersIn(cell!), Object.values(own), name);
    assert.deepEqual(numbersIn(described.description!), Object.values(own), name);
  }
});

test("docs/hardening.md: what a connection may do", () => {
  const said = Object.fromEntries(
    rows.flatMap((row) => {
      const [, name, value] = /^\| `(\w+)` \| ([^|]+) \|/.exec(row) ?? [];
      return name && name in LIMITS ? [[name, numbersIn(value!)]] : [];
    }),
  );
  const set = Object.entries(LIMITS).map(([name, limit]) => [
    name,
    typeof limit === "number" ? [limit] : [limit.burst, limit.perSecond],
  ]);
  assert.deepEqual(said, Object.fromEntries(set));
});

test("docs/hardening.md: what puts a proxy out", () => {
  const table = [...page.matchAll(/^\| ([\d,]+)(?: \([^)]*\))? \| (\d+) \|$/gm)];
  assert.equal(table.length, 4);
  for (const [, count = "", bad = ""] of table) {
    const n = Number(count.replace(",", ""));
    const isOut = (bad: number) => exceeds(bad, n, 0.005, 1e-6);
    assert.deepEqual([isOut(Number(bad) - 1), isOut(Number(bad))], [false, true], `${bad} of ${n}`);
  }
});
