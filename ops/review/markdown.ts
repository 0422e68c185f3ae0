/** Text of a pull request is shown as it stands: it can neither mention people nor bring its own HTML. */
export const escaped = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("@", "&#64;")
    .replace(/[*_`[\]]/g, "\\$&");

/** A block that opens at its title, in a longer fence than any in its text: no value can end it. */
export function folded(title: string, text: string, language = ""): string {
  const longest = Math.max(2, ...text.matchAll(/`+/g).map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `<details><summary>${escaped(title)}</summary>\n\n${fence}${language}\n${text}\n${fence}\n</details>`;
}

/**
 * Markdown in no more characters than `limit`, cut at a line's end; blocks that were open there are closed,
 * and `note` says where the rest is.
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

/** What ends the blocks that are open behind a line, the innermost last. */
function after(open: readonly string[], line: string): string[] {
  const fence = /^`{3,}/.exec(line)?.[0];
  const inFence = open.at(-1)?.startsWith("`");
  if (inFence) return fence === open.at(-1) ? open.slice(0, -1) : [...open];
  if (fence) return [...open, fence];
  if (line.startsWith("<details>")) return [...open, "</details>"];
  return line === "</details>" ? open.slice(0, -1) : [...open];
}
