const PAIRS: Readonly<Record<string, string>> = {"(": ")", "[": "]", "{": "}"};

/** How many brackets `text` opens and does not close; negative where it closes more than it opens. */
export function depthOf(text: string): number {
  let depth = 0;
  for (const sign of text) {
    if (PAIRS[sign]) depth++;
    else if (Object.values(PAIRS).includes(sign)) depth--;
  }
  return depth;
}

/**
 * What closes the brackets that `text` leaves open, innermost first. A bracket opened on an earlier line is
 * closed on a line of its own. Those that `after` begins by closing are left out.
 */
export function closersOf(text: string, after: string): string[] {
  const open: {closer: string; indent: string; line: number}[] = [];
  const lines = text.split("\n");
  for (const [line, content] of lines.entries()) {
    const indent = /^[ \t]*/.exec(content)![0];
    for (const sign of content) {
      const closer = PAIRS[sign];
      if (closer) open.push({closer, indent, line});
      else if (open.at(-1)?.closer === sign) open.pop();
    }
  }
  const closers = open
    .slice(closedBy(after, open.length))
    .reverse()
    .map(({closer, indent, line}) => (line < lines.length - 1 ? `\n${indent}${closer}` : closer));
  return closers;
}

/** How many of the open brackets, counted from the outermost, `after` closes at its beginning. */
function closedBy(after: string, open: number): number {
  const [closing = ""] = /^[\s)\]}]*/.exec(after) ?? [];
  return Math.min(open, closing.replace(/\s/g, "").length);
}
