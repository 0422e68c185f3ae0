import {readFileSync} from "node:fs";

const PAGE = new URL("../../docs/runbooks.md", import.meta.url);

/** The same of another page. */
export function runbooksIn(page: string): Map<string, string> {
  const [, ...sections] = page.split(/^## /m);
  return new Map(sections.map((section) => [anchorOf(titleOf(section)), textOf(section)]));
}

const titleOf = (section: string) => section.slice(0, section.indexOf("\n"));

/** As GitHub makes them. */
const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");

function textOf(section: string): string {
  const [, todo] = /^\*\*Do\.\*\*(.*?)(?=^\*\*|(?![\s\S]))/ms.exec(section) ?? [];
  if (todo === undefined) throw new Error(`docs/runbooks.md: "${titleOf(section)}" has no **Do.**`);
  return `${plain(todo)} More: docs/runbooks.md, "${titleOf(section)}".`;
}

/** Without Markdown; a table's rows, but for its head, as sentences. */
const plain = (markdown: string) =>
  markdown
    .replaceAll(/^\|.*\n\|[-|]+\n/gm, "")
    .replaceAll(/^\| (.*?) \| (.*) \|$/gm, "$1: $2.")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();

/** What the page of runbooks says to do, by the anchor of the section, as plain text. */
export const runbooks: ReadonlyMap<string, string> = runbooksIn(readFileSync(PAGE, "utf8"));
