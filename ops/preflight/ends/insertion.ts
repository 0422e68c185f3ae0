/** Something more in a mapping or a list of a YAML file, all else left as it is. */
export interface Insertion {
  /** The offset at which what it comes after ends. */
  readonly after: number;
  /** The offset at which what it comes after begins: it is indented as that is. */
  readonly beside: number;
  /** Whether it stands in braces or brackets, on the same line. */
  readonly flow: boolean;
  readonly text: string;
}

/** The text with all of them. */
export const inserted = (text: string, insertions: readonly Insertion[]): string =>
  lines(text, insertions)
    .flatMap(({now}) => now)
    .join("\n");

/** How many unchanged lines a patch shows around each change. */
const CONTEXT = 3;

interface Line {
  readonly was: string;
  readonly now: readonly string[];
}

/** What changes, as a patch that `git apply` takes. */
export function patch(file: string, text: string, insertions: readonly Insertion[]): string {
  const all = lines(text, insertions);
  const shown = all.map((_, at) =>
    all.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(isChanged),
  );
  // What is behind the last line break is no line.
  if (all.at(-1)?.was === "") shown[all.length - 1] = false;
  const hunks = shown.flatMap((is, at) => (is && !shown[at - 1] ? [hunk(all, shown, at)] : []));
  return [`--- a/${file}`, `+++ b/${file}`, ...hunks, ""].join("\n");
}

const isChanged = ({was, now}: Line): boolean => now.length > 1 || now[0] !== was;

function hunk(all: readonly Line[], shown: readonly boolean[], from: number): string {
  const end = shown.indexOf(false, from);
  const part = all.slice(from, end === -1 ? undefined : end);
  const added = all.slice(0, from).reduce((sum, {now}) => sum + now.length - 1, 0);
  const length = part.reduce((sum, {now}) => sum + now.length, 0);
  const body = part.flatMap(({was, now: [first, ...more]}) => [
    ...(first === was ? [` ${was}`] : [`-${was}`, `+${first}`]),
    ...more.map((line) => `+${line}`),
  ]);
  return [`@@ -${from + 1},${part.length} +${from + 1 + added},${length} @@`, ...body].join("\n");
}

/** Each line of the text, and what becomes of it. */
function lines(text: string, insertions: readonly Insertion[]): Line[] {
  let start = 0;
  return text.split("\n").map((was) => {
    const from = start;
    start += was.length + 1;
    const own = insertions.filter(({after}) => after >= from && after <= from + was.length);
    return {was, now: own.length === 0 ? [was] : changed(was, from, own, text)};
  });
}

function changed(was: string, from: number, own: readonly Insertion[], text: string): string[] {
  const inline = own
    .filter(({flow}) => flow)
    .toSorted((a, b) => b.after - a.after)
    .reduce((line, one) => {
      const at = one.after - from;
      return `${line.slice(0, at)}, ${one.text}${line.slice(at)}`;
    }, was);
  const returns = was.endsWith("\r") ? "\r" : "";
  const below = own.filter(({flow}) => !flow).map((one) => indented(one, text) + returns);
  return [inline, ...below];
}

/** On a line of its own, under the first sign of what it comes after: a key, or the dash of a list. */
function indented({beside, text: added}: Insertion, text: string): string {
  const line = text.slice(text.lastIndexOf("\n", beside - 1) + 1, beside);
  const [, dash] = /^(\s*-\s+)/.exec(line) ?? [];
  return `${dash ?? " ".repeat(line.length)}${added}`;
}
