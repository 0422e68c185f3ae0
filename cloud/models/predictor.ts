/** Code that every completer has read: enough to go on, in common languages, where the text itself says little. */
const PRIMER = `
function add(a, b) {
  return a + b;
}
for (let i = 0; i < items.length; i++) {
  console.log(items[i]);
}
for (const item of items) {
  console.log(item);
}
if (!value) return;
const total = values.reduce((sum, value) => sum + value, 0);
const response = await fetch(url);
const body = await response.json();
export default function main() {
import { readFile } from "node:fs/promises";
try {
  await run();
} catch (error) {
  console.error(error);
}
def add(a, b):
    return a + b
for item in items:
    print(item)
for i in range(len(items)):
    print(i, items[i])
if __name__ == "__main__":
    main()
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
with open(path) as file:
    text = file.read()
func add(a int, b int) int {
	return a + b
}
if err != nil {
	return err
}
public static void main(String[] args) {
    System.out.println("Hello, world");
}
SELECT * FROM users WHERE id = 1;
`;

/** No more tokens than these are compared. */
const CONTEXT = 8;
/** Separates texts that do not follow each other. */
const GAP = "\0";

/** Splits a text into words with the space before them, single signs, and line ends with the indent after them. */
export function tokensOf(text: string): string[] {
  return text.match(/\r?\n[ \t]*| ?[\p{L}\p{N}_]+| ?[^\p{L}\p{N}_\s]|\s/gu) ?? [];
}

/** The tokens that may follow `seen` and begin with `begun`, likeliest first. */
export type Predictor = (seen: readonly string[], begun?: string) => readonly string[];

/**
 * Predicts what followed the same tokens earlier. The longest run of them counts most, then the latest.
 * Nothing is random: the same texts predict the same.
 */
export function createPredictor(...texts: readonly (readonly string[])[]): Predictor {
  const corpus = [...primer, ...texts.flatMap((text) => [GAP, ...text])];

  return (seen, begun = "") => {
    const scores = new Map<string, number>();
    for (let at = 1; at < corpus.length; at++) {
      const next = corpus[at]!;
      if (next === GAP || !next.startsWith(begun)) continue;
      const length = commonEnd(corpus, at, seen);
      if (length < least(at, begun)) continue;
      scores.set(next, Math.max(scores.get(next) ?? 0, length * corpus.length + at));
    }
    return [...scores].sort(([, one], [, other]) => other - one).map(([token]) => token);
  };
}

/** How many tokens must match: few are enough in the text at hand, or where a word has begun. */
function least(at: number, begun: string): number {
  if (begun) return begun.trim() ? 0 : 1;
  return at > primer.length ? 1 : 3;
}

/** How many tokens before `at` equal the last ones of `seen`. */
function commonEnd(corpus: readonly string[], at: number, seen: readonly string[]): number {
  const limit = Math.min(CONTEXT, seen.length);
  let length = 0;
  while (length < limit && corpus[at - 1 - length] === seen[seen.length - 1 - length]) length++;
  return length;
}

const primer: readonly string[] = tokensOf(PRIMER);
