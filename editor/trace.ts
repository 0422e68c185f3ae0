import {z} from "zod";
import {jsonOf} from "./json.ts";
import type {Stroke} from "./strokes.ts";

/** A line of a recorded trace: when, what kind and how much, never what was written. */
const line = z.strictObject({
  atMs: z.number().min(0),
  kind: z.enum(["key", "delete"]),
  size: z.int().min(1),
});

/** A longer silence than this is a break, and is cut to this when a trace is replayed. */
const MAX_LOOK_MS = 30_000;

/** Reads JSON lines. Throws an Error that lists every invalid line by its number. */
export function parseTrace(text: string): Stroke[] {
  const faults: string[] = [];
  let lastMs = 0;
  const strokes = text
    .split("\n")
    .map((text, index) => ({text, number: index + 1}))
    .filter(({text}) => text.trim())
    .flatMap(({text, number}) => {
      const {data, error} = line.safeParse(jsonOf(text));
      if (error) {
        faults.push(`  - line ${number}: ${reasonOf(error)}`);
        return [];
      }
      if (data.atMs < lastMs) faults.push(`  - line ${number}: atMs goes back; write in order`);
      const afterMs = Math.min(MAX_LOOK_MS, data.atMs - lastMs);
      lastMs = data.atMs;
      return [{afterMs, kind: data.kind, size: data.size}];
    });
  if (strokes.length === 0 && faults.length === 0) faults.push("  - it holds no stroke");
  if (faults.length > 0) throw new Error(`The trace is not valid:\n${faults.join("\n")}`);
  return strokes;
}

const reasonOf = (error: z.ZodError) =>
  `${error.issues.map(({path, message}) => `${path.join(".") || "it"}: ${message}`).join("; ")}; write {"atMs":120,"kind":"key","size":1}`;

/** Writes one line of a trace. */
export const traceLine = (atMs: number, {kind, size}: Pick<Stroke, "kind" | "size">): string =>
  `${JSON.stringify({atMs: Math.round(atMs), kind, size})}\n`;

/**
 * The stroke that a terminal in raw mode has sent, without its content. Several characters at once are one
 * paste. Undefined for keys that write nothing, such as arrows.
 */
export function strokeOf(sent: string): Pick<Stroke, "kind" | "size"> | undefined {
  if (sent === "\x7f" || sent === "\b") return {kind: "delete", size: 1};
  const size = [...sent.replace(/[^\P{Cc}\r\n\t]/gu, "")].length;
  return sent.startsWith("\x1b") || size === 0 ? undefined : {kind: "key", size};
}
