import assert from "node:assert/strict";
import {globSync, readFileSync} from "node:fs";
import {dirname, join, normalize} from "node:path";
import {test} from "node:test";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const readme = read("README.md");

test("the README is read in one sitting", () => {
  assert.ok(readme.split("\n").length - 1 <= 150);
});

/** By example, what a month costs before anyone uses it; `npm run check` holds the file to the stacks. */
const fixed = new Map(
  [...read("examples/cost.txt").matchAll(/^(examples\/\S+)\n.*?^in all +([\d,]+)/gms)].map(
    ([, file, dollars]) => [file!, Number(dollars!.replace(",", ""))],
  ),
);
/** To two digits: prices are lists' and tell tens from thousands. */
const rounded = (dollars: number) =>
  `about $${Number(dollars.toPrecision(2)).toLocaleString("en")}`;

test("what the service costs is said before it is deployed, as npm run cost says it", () => {
  assert.equal(fixed.size, 2);
  for (const page of ["README.md", "docs/first-region.md"])
    for (const [file, dollars] of fixed)
      assert.ok(
        read(page).replaceAll("\n", " ").includes(rounded(dollars)),
        `${page}: ${file} is ${rounded(dollars)}`,
      );
});

test("every page is reached from the README by links, or stands in a folder that is", () => {
  const seen = new Set<string>();
  const follow = (page: string) => {
    if (seen.has(page)) return;
    seen.add(page);
    if (!page.endsWith(".md")) return;
    for (const [, path] of read(page).matchAll(/\]\(([^)\s#:]+)/g))
      follow(normalize(join(dirname(page), path!)));
  };
  follow("README.md");
  const pages = globSync("docs/**/*.md", {cwd: root});
  assert.ok(pages.length > 30);
  assert.deepEqual(
    pages.filter((page) => !seen.has(page) && !seen.has(dirname(page))),
    [],
  );
});
