import {closersOf, depthOf} from "./brackets.ts";
import {createPredictor, tokensOf} from "./predictor.ts";

export interface Question {
  readonly prompt: string;
  /** The text after the place where the completion goes. */
  readonly suffix?: string;
  readonly maxTokens: number;
  /** Texts that end the completion and are not part of it. */
  readonly stop?: readonly string[];
  /** 0 is the likeliest continuation, 1 the next. */
  readonly choice?: number;
}

export interface Completion {
  /** The pieces in which it is streamed. */
  readonly tokens: readonly string[];
  readonly finish: "stop" | "length";
}

/** No more than an editor shows. */
const MAX_LINES = 8;

/**
 * Continues a text from the text itself: finishes the word, follows earlier lines, closes brackets.
 * The same question always gets the same completion.
 */
export function complete(question: Question): Completion {
  const {maxTokens, stop = []} = question;
  const tokens: string[] = [];
  let text = "";
  for (const token of continuation(question)) {
    if (tokens.length === maxTokens) return {tokens, finish: "length"};
    const end = firstOf(stop, text + token);
    if (end >= 0) return {tokens: cut([...tokens, token], end), finish: "stop"};
    tokens.push(token);
    text += token;
  }
  return {tokens, finish: "stop"};
}

function* continuation({prompt, suffix = "", choice = 0}: Question): Generator<string> {
  const after = tokensOf(suffix);
  const {seen, begun, first, predict} = open(tokensOf(prompt), after, choice);
  const line = prompt.slice(prompt.lastIndexOf("\n") + 1);
  const isEnd = createEnd(prompt, after);
  let text = "";
  let isFirst = true;
  /** A line end is held back until it is certain that another line follows. */
  let held = "";
  for (let token = first; token !== undefined && !isEnd(text, token); token = predict(seen)[0]) {
    const piece = held + (isFirst ? token.slice(begun.length) : token);
    isFirst = false;
    seen.push(token);
    held = /^\r?\n/.test(token) && text ? piece : "";
    if (held) continue;
    text += piece;
    yield piece;
  }
  const closers = closersOf(line + text, suffix);
  yield* text || closers.length > 0 ? closers : unheardOf(line, begun);
}

/**
 * Where a continuation begins. The last token may be unfinished: part of a word or an indent, or the space
 * before a word. Then the first token completes it, unless it is most likely whole already.
 */
function open(prompt: readonly string[], after: readonly string[], choice: number) {
  const before = prompt.slice(0, -1);
  const last = prompt.at(-1) ?? "";
  const predict = createPredictor(before, after);
  const pick = (ranked: readonly string[]) => ranked[Math.min(choice, ranked.length - 1)];
  const ranked = /[\p{L}\p{N}_\s]$/u.test(last) ? predict(before, last) : [];
  if (last === " " || (ranked.length > 0 && ranked[0] !== last)) {
    return {seen: before, begun: last, first: pick(ranked), predict};
  }
  return {seen: [...prompt], begun: "", first: pick(predict(prompt)), predict};
}

/** What to say where nothing in the text helps. */
function unheardOf(line: string, begun: string): string[] {
  const tokens = tokensOf(line.trim() ? " = value;" : "return value;");
  return begun === " " ? [tokens[0]!.trimStart(), ...tokens.slice(1)] : tokens;
}

/** A completion ends where its line or block does, or where the text after the cursor begins. */
function createEnd(prompt: string, after: readonly string[]) {
  const start = Math.max(0, depthOf(prompt));
  const next = after.find((token) => token.trim())?.trim();
  let lines = 0;
  return (text: string, token: string): boolean => {
    if (text && token.trim() && token.trim() === next) return true;
    if (!text.trim() || !/^\r?\n/.test(token)) return false;
    const depth = start + depthOf(text);
    return ++lines === MAX_LINES || depth < start || depth === 0 || repeats(text);
  };
}

/** Whether the last line repeats an earlier one. */
function repeats(text: string): boolean {
  const lines = text.split("\n").map((line) => line.trim());
  const last = lines.pop();
  return /\w/.test(last ?? "") && lines.includes(last!);
}

/** Where the earliest of the `stop` texts begins in `text`; -1 where it has none of them. */
export function firstOf(stop: readonly string[], text: string): number {
  const places = stop.map((one) => text.indexOf(one)).filter((place) => place >= 0);
  return places.length ? Math.min(...places) : -1;
}

/** The tokens up to the character `end`, which may be in the middle of one. */
export function cut(tokens: readonly string[], end: number): string[] {
  const kept: string[] = [];
  let left = end;
  for (const one of tokens) {
    if (left <= 0) break;
    kept.push(one.slice(0, left));
    left -= one.length;
  }
  return kept;
}
