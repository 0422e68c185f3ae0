import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {dirname, join, normalize} from "node:path";
import {describe, test} from "node:test";

const root = join(import.meta.dirname, "..");
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const pages = files.filter((file) => file.endsWith(".md"));
/** What a link may lead to: what everyone has who has the repository. */
const targets = new Set(files.flatMap((file) => [file, ...foldersOf(file)]));

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === "." ? [] : [folder, ...foldersOf(folder)];
}

const textOf = (file: string) => readFileSync(join(root, file), "utf8");
const withoutCode = (markdown: string) =>
  markdown.replace(/^ *```.*?^ *```$/gms, "").replace(/`[^`\n]*`/g, "");

/** As GitHub names them: a heading that is there twice has a number the second time. */
function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...markdown.replace(/^ *```.*?^ *```$/gms, "").matchAll(/^#+ (.*)$/gm)].map(
    ([, title]) => {
      const name = title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-");
      const times = seen.get(name) ?? 0;
      seen.set(name, times + 1);
      return times === 0 ? name : `${name}-${times}`;
    },
  );
}

function isLost(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path)).replace(/\/$/, "");
  if (!targets.has(target)) return true;
  return (
    anchor !== undefined && target.endsWith(".md") && !anchorsOf(textOf(target)).includes(anchor)
  );
}

/** Why a page's links are at fault. */
function faultsOf(page: string, markdown: string): string[] {
  const text = withoutCode(markdown);
  const links = [...text.matchAll(/\]\(([^)\s]*)[^)]*\)/g)].map(([, link]) => link!);
  return [
    ...links.filter((link) => !/^[a-z]+:/.test(link) && isLost(page, link)),
    ...links.filter((link) => /^[a-z]+:/.test(link) && !URL.canParse(link)),
    ...links.filter((link) => /^(?!https:)[a-z]+:/.test(link)),
    ...[...text.matchAll(/^\[[^\]]+\]: .*$|<a href.*?>/gm)].map(([link]) => link),
  ].map((link) => `${page}: ${link}`);
}

test("every link of a page to another, or to a heading, leads there", () => {
  assert.deepEqual(
    pages.flatMap((page) => faultsOf(page, textOf(page))),
    [],
  );
});

test("every page that a source, a message or a comment names is there, with its heading", () => {
  const named = files
    .filter((file) => /\.(ts|js|ya?ml|json|md)$/.test(file) && file !== "setup/links.test.ts")
    .flatMap((file) =>
      [...textOf(file).matchAll(/(?<![\w/-])docs\/[\w/-]+\.md(#[\w-]+)?/g)].map(([link]) => ({
        file,
        link,
      })),
    );
  assert.ok(named.length > 100);
  const lost = named.filter(({link}) => isLost("README.md", link));
  assert.deepEqual(
    lost.map(({file, link}) => `${file}: ${link}`),
    [],
  );
});

describe("a link is at fault", () => {
  const cases = {
    "to a page that is not there": "[a](docs/none.md)",
    "to a heading that is not there": "[a](docs/dns.md#none)",
    "to a heading of the same page that is not there": "[a](#none)",
    "out of the repository": "[a](../other/README.md)",
    "to what only this machine has": "[a](.meridian)",
    "to an address that is none": "[a](https://)",
    "to one that is not safe": "[a](http://example.com)",
    "written as a reference, which is not looked at": "[a]: docs/dns.md",
    "written as HTML, likewise": '<a href="docs/dns.md">',
  };
  for (const [name, link] of Object.entries(cases))
    test(name, () => assert.equal(faultsOf("README.md", link).length, 1));
  test("and not in what is code", () => {
    assert.deepEqual(faultsOf("README.md", "`[a](none)`\n```\n[a](none)\n```\n"), []);
  });
});

test("headings of one name are told apart", () => {
  assert.deepEqual(anchorsOf("# The plan\n## It's `x`, now\n## The plan\n"), [
    "the-plan",
    "its-x-now",
    "the-plan-1",
  ]);
});
