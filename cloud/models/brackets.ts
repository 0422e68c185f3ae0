const PAIRS: Readonly<Record<string, string>> = {"(": ")", "[": "]", "{": "}"};

/** How many brackets `text` opens and leaves open; fewer than none where it closes more. */
export function depthOf(text: string): number {
  let depth = 0;
  for (const sign of text) {
    if (PAIRS[sign]) depth++;
    else if (Object.values(PAIRS).includes(sign)) depth--;
  }
  return depth;
}

/**
 * What closes the brackets that `text` leaves open, innermost first, each on a line of its own where
 * its opening is on an earlier one; without those that `after` closes at once.
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

/** The outer brackets are closed by what is after; at most as many as are open. */
function closedBy(after: string, open: number): number {
  const [closing = ""] = /^[\s)\]}]*/.exec(after) ?? [];
  return Math.min(open, closing.replace(/\s/g, "").length);
}
