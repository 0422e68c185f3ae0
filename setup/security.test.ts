import assert from "node:assert/strict";
import {existsSync, readFileSync} from "node:fs";
import {join, normalize} from "node:path";
import {describe, test} from "node:test";

/** docs/security.md says nothing that no check shows: each row of its tables names the tests that do, by name and file. */

const docs = join(import.meta.dirname, "../docs");
const page = readFileSync(join(docs, "security.md"), "utf8");
const limits = readFileSync(join(docs, "hardening.md"), "utf8");

interface Row {
  readonly claim: string;
  readonly shown: string;
}

/** Of the tables that say what shows what is in them. */
const rowsOf = (text: string): Row[] =>
  text
    .split("\n## ")
    .filter((part) => part.includes(" | shown by |"))
    .flatMap(rowsIn);

const rowsIn = (text: string): Row[] =>
  [...text.matchAll(/^\| (.*) \| (.*) \|$/gm)]
    .map(([, claim = "", shown = ""]) => ({claim, shown}))
    .filter(({shown}) => shown !== "shown by");

/** What is wrong with how a row is shown. */
function faultsOf({claim, shown}: Row): string[] {
  if (shown === "not shown") return [];
  const rest = shown.replaceAll(/\[[^\]]+\]\([^)]+\)/g, "");
  const checks = [...shown.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)];
  return [
    ...(checks.length === 0 || /[^, ]/.test(rest)
      ? [`${claim}: is not shown by names of tests alone`]
      : []),
    ...checks
      .filter(([, name = "", path = ""]) => !isTest(name, path))
      .map(([, name, path]) => `${claim}: no test "${name}" in ${path}`),
  ];
}

function isTest(name: string, path: string): boolean {
  const file = normalize(join(docs, path));
  if (!/\.(test|tour)\.ts$/.test(file) || !existsSync(file)) return false;
  return namesIn(readFileSync(file, "utf8")).some((pattern) => pattern.test(name));
}

/** The texts in a file that may name a test: in quotes, or in backticks with gaps for what is filled in. */
function namesIn(source: string): RegExp[] {
  const quoted = [...source.matchAll(/"((?:[^"\\\n]|\\.)+)"/g)].map(([, text]) => text!);
  const filled = [...source.matchAll(/`([^`\n]{12,})`/g)].map(([, text]) => text!);
  return [
    ...quoted.map((text) => new RegExp(`^${RegExp.escape(text)}$`)),
    ...filled.map((text) => {
      const parts = text.split(/\$\{[^}]*\}/).map((part) => RegExp.escape(part));
      return new RegExp(`^${parts.join(".+")}$`);
    }),
  ];
}

test("every statement of docs/security.md has the check that shows it", () => {
  const rows = rowsOf(page);
  assert.ok(rows.length > 40);
  assert.deepEqual(rows.flatMap(faultsOf), []);
});

test("so has every attack of docs/hardening.md", () => {
  const rows = rowsOf(limits);
  assert.ok(rows.length >= 8);
  assert.deepEqual(rows.flatMap(faultsOf), []);
});

test("lists make no statement there: tables do, with their checks", () => {
  assert.deepEqual(page.match(/^\s*[-*\d]+\.? .*$/gm), null);
});

describe("a row is at fault", () => {
  const cases: Record<string, [shown: string, fault: RegExp]> = {
    "without a check": ["by design", /is not shown by names of tests alone/],
    "with a file alone": ["[main.ts](../proxy/main.ts)", /no test "main.ts"/],
    "with a test that is not there": [
      "[no such test](../setup/links.test.ts)",
      /no test "no such test" in/,
    ],
    "with a test of another file": [
      "[every source is in a room](../setup/links.test.ts)",
      /no test "every source is in a room"/,
    ],
    "with words beside its checks": [
      "[every source is in a room](../setup/rooms.test.ts), and by hand",
      /is not shown by names of tests alone/,
    ],
  };
  for (const [name, [shown, fault]] of Object.entries(cases))
    test(name, () => assert.match(faultsOf({claim: "a", shown}).join(), fault));
});
