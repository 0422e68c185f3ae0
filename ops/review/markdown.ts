/** Escapes text from a pull request, so that it can neither mention people nor contain HTML. */
export const escaped = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("@", "&#64;")
    .replace(/[*_`[\]]/g, "\\$&");

/** A folded block. Its fence is longer than any in the text, so that no value can end it. */
export function folded(title: string, text: string, language = ""): string {
  const longest = Math.max(2, ...text.matchAll(/`+/g).map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `<details><summary>${escaped(title)}</summary>\n\n${fence}${language}\n${text}\n${fence}\n</details>`;
}

/**
 * Cuts Markdown to `limit` characters at the end of a line; closes blocks that are open there, and adds
 * `note`, which says where the rest is.
 */
export function fitted(text: string, limit: number, note: string): string {
  if (text.length <= limit) return text;
  const open: string[] = [];
  let kept = "";
  for (const line of text.split("\n")) {
    const ending = closing(after(open, line), note);
    if (kept.length + line.length + 1 + ending.length > limit) break;
    kept += `${line}\n`;
    open.splice(0, open.length, ...after(open, line));
  }
  return kept + closing(open, note);
}

const closing = (open: readonly string[], note: string) =>
  `${open.toReversed().join("\n")}\n\n${note}\n`;

/** The endings of the blocks still open after a line, innermost last. */
function after(open: readonly string[], line: string): string[] {
  const fence = /^`{3,}/.exec(line)?.[0];
  const inFence = open.at(-1)?.startsWith("`");
  if (inFence) return fence === open.at(-1) ? open.slice(0, -1) : [...open];
  if (fence) return [...open, fence];
  if (line.startsWith("<details>")) return [...open, "</details>"];
  return line === "</details>" ? open.slice(0, -1) : [...open];
}
