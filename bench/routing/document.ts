import {tokenId} from "../../cloud/models/batching/hashes.ts";
import {seeded} from "../../editor/strokes.ts";

/** A file that a person writes in, as the tokens that a model would see. */
export interface Document {
  readonly name: string;
  /** A character comes or goes at the cursor. */
  press(kind: "key" | "delete"): void;
  /** To another place of it, 0 to 1. */
  go(place: number): void;
  /** What an editor sends of it now: pieces of other files, then the text around the cursor. */
  prompt(): Prompt;
}

export interface Prompt {
  readonly tokens: readonly number[];
  /** How the text before the cursor begins, as far as a router reads it. */
  readonly opening: string;
}

/** Chosen: how much editors send differs, and so does where they cut. In the order of Qwen's signs. */
const CONTEXT_TOKENS = 1500;
const PREFIX_TOKENS = 2000;
const SUFFIX_TOKENS = 300;
/** The beginning is cut at a line's end, so that it stays as it is while someone writes in a line. */
const LINE_TOKENS = 10;
const TOKEN_CHARACTERS = 4;
/** proxy/route/affinity.ts reads 1,024 characters at most. */
const OPENING_TOKENS = 256;

export function createDocument(name: string, length: number): Document {
  const random = seeded(tokenId(name));
  const token = () => Math.floor(random() * 2 ** 32);
  const text = Array.from({length}, token);
  const context = Array.from({length: CONTEXT_TOKENS}, token);
  let cursor = 0;
  let characters = 0;

  function press(kind: "key" | "delete") {
    if (kind === "key") characters++;
    else if (characters > 0) characters--;
    else if (cursor > 0) text.splice(--cursor, 1);
    if (characters < TOKEN_CHARACTERS) return;
    text.splice(cursor++, 0, token());
    characters = 0;
  }

  function prompt(): Prompt {
    const line = Math.ceil(cursor / LINE_TOKENS) * LINE_TOKENS;
    const prefix = text.slice(Math.max(0, line - PREFIX_TOKENS), cursor);
    if (characters > 0) prefix.push(characters);
    const suffix = text.slice(cursor, cursor + SUFFIX_TOKENS);
    return {
      tokens: [...context, PREFIX, ...prefix, SUFFIX, ...suffix, MIDDLE],
      opening: prefix.slice(0, OPENING_TOKENS).map(spelled).join(""),
    };
  }

  return {
    name,
    press,
    go: (place) => {
      cursor = Math.floor(place * text.length);
      characters = 0;
    },
    prompt,
  };
}

const spelled = (token: number) =>
  token.toString(36).slice(-TOKEN_CHARACTERS).padStart(TOKEN_CHARACTERS);

const [PREFIX, SUFFIX, MIDDLE] = [1, 2, 3].map((sign) => tokenId(`sign ${sign}`)) as [
  number,
  number,
  number,
];
