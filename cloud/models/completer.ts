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
  /** In the pieces that they are streamed in. */
  readonly tokens: readonly string[];
  readonly finish: "stop" | "length";
}

/** As many as an editor shows. */
const MAX_LINES = 8;

/**
 * Continues a text from the text itself: finishes the word, follows earlier lines, closes brackets.
 * The same question has the same answer.
 */
export function complete(question: Question): Completion {
  const {maxTokens, stop = []} = question;
  const tokens: string[] = [];
  let text = "";
  for (const token of continuation(question)) {
    if (tokens.length === maxTokens) return {tokens, finish: "length"};
    const end = firstOf(stop, text + token);
    if (end >= 0) return {tokens: cut(tokens, token, end), finish: "stop"};
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
  /** A line end, which is said only once it is known that the line has a successor. */
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
 * Where a continuation begins. The last token may be but begun: a word, an indent, the space before a
 * word; then the first one is what it may become, unless it is most likely whole.
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

/** What goes on a text that nothing is known of. */
function unheardOf(line: string, begun: string): string[] {
  const tokens = tokensOf(line.trim() ? " = value;" : "return value;");
  return begun === " " ? [tokens[0]!.trimStart(), ...tokens.slice(1)] : tokens;
}

/** A completion ends with the line or the block that it is in, or where the text after it begins. */
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

/** Whether its last line is an earlier one again. */
function repeats(text: string): boolean {
  const lines = text.split("\n").map((line) => line.trim());
  const last = lines.pop();
  return /\w/.test(last ?? "") && lines.includes(last!);
}

/** Where the first of `stop` begins in `text`; -1 where none is in it. */
function firstOf(stop: readonly string[], text: string): number {
  const places = stop.map((one) => text.indexOf(one)).filter((place) => place >= 0);
  return places.length ? Math.min(...places) : -1;
}

/** The tokens up to `end`, which may be in the midst of one. */
function cut(tokens: readonly string[], token: string, end: number): string[] {
  const kept: string[] = [];
  let left = end;
  for (const one of [...tokens, token]) {
    if (left <= 0) break;
    kept.push(one.slice(0, left));
    left -= one.length;
  }
  return kept;
}
