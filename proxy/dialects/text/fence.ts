import type {Filter} from "./filter.ts";

const OPENING = /^\s*```[^\n`]*\n/;
/** A fence with no line end within 40 characters after it is not followed by a language's name. */
const MAYBE_OPENING = /^\s*(`{0,2}|```[^\n`]{0,40})$/;
const CLOSING = /\r?\n[ \t]*```/;
const MAYBE_CLOSING = /\r?\n[ \t]*`{0,2}$|\r$/;
/** A line of words, as models begin with: "Here is the completed function:". Code has other signs in it. */
const WORDS = /^\s*[A-Z][A-Za-z]*(?:[',-]? [A-Za-z`][A-Za-z'`,-]*){2,}[.:!]?[ \t]*\r?\n/;
const MAYBE_WORDS = /^\s*[A-Z][A-Za-z'`, -]*[.:!]?[ \t]*\r?$/;
const LATER_OPENING = /\n[ \t]*```[^\n`]*\n/;
/** Words that go on for longer without a fence are the text itself. */
const MOST_WORDS = 2000;

/** Takes off a Markdown fence around the text, the words before it, and all that follows it. */
export function createFence(): Filter {
  let held = "";
  let state: "open" | "within" | "without" = "open";
  let ended = false;
  /** The line end of the opening fence has not been passed yet. */
  let isFirst = true;

  function push(piece: string): string {
    if (ended) return "";
    held += piece;
    if (state === "open") begin();
    return certain();
  }

  function certain(): string {
    if (state === "open") return "";
    return state === "within" ? untilClosing() : release();
  }

  function begin() {
    const opening = OPENING.exec(held) ?? (WORDS.test(held) ? LATER_OPENING.exec(held) : null);
    if (opening) {
      state = "within";
      // With its line end: the closing fence may stand on the next line.
      held = held.slice(opening.index + opening[0].length - 1);
    } else if (!mayBegin(held)) state = "without";
  }

  function untilClosing(): string {
    const closing = CLOSING.exec(held);
    ended = closing !== null;
    const text = held.slice(0, (closing ?? MAYBE_CLOSING.exec(held))?.index);
    held = ended ? "" : held.slice(text.length);
    return withoutFirst(text);
  }

  function withoutFirst(text: string): string {
    if (!isFirst || text === "") return text;
    isFirst = false;
    return text.slice(1);
  }

  function release(): string {
    const text = held;
    held = "";
    return text;
  }

  return {
    push,
    /** An opening fence of which there is no more is nobody's code. */
    end() {
      if (state === "open") return /^\s*```/.test(held) ? "" : held;
      return withoutFirst(held);
    },
    get ended() {
      return ended;
    },
  };
}

const mayBegin = (text: string): boolean =>
  MAYBE_OPENING.test(text) ||
  (text.length < MOST_WORDS && (MAYBE_WORDS.test(text) || WORDS.test(text)));
