import {readFileSync} from "node:fs";
import {setTimeout as sleep} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import type {Editor, Shown} from "./editor.ts";
import {habits, type Stroke} from "./strokes.ts";
import type {TypedRequest} from "./tally.ts";

/** Someone who types in an editor that asks for completions. */
export interface Person {
  /** Sends these with each request from now on, beside the usual parameters. */
  send(parameters: Readonly<Record<string, unknown>>): void;
  /** Resolves once none of their requests is under way. */
  stop(): Promise<void>;
}

export interface PersonOptions {
  readonly person: number;
  readonly editor: Editor;
  readonly strokes: Iterator<Stroke>;
  /** Told of each request once it has ended. */
  readonly ended: (request: TypedRequest) => void;
  readonly random?: () => number;
}

/** What people write, over and over: this file. */
const TEXT = readFileSync(fileURLToPath(import.meta.url), "utf8");
/** How much an editor sends of the text before the cursor. */
const PROMPT_CHARACTERS = 1500;

/**
 * Starts to type. The editor asks when no key has come for its debounce. A key cancels what is under way,
 * unless it agrees with the suggestion.
 */
export function startPerson({
  person,
  editor,
  strokes,
  ended,
  random = Math.random,
}: PersonOptions): Person {
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  let cursor = Math.floor(random() * TEXT.length);
  let parameters = {};
  let left = new AbortController();
  let debounce: NodeJS.Timeout | undefined;

  async function type() {
    for (let {value} = strokes.next(); !stopped.signal.aborted; {value} = strokes.next()) {
      await sleep(value.afterMs, undefined, {signal: stopped.signal});
      cursor += value.kind === "delete" ? -value.size : value.size;
      if (value.kind === "key" && random() < habits.followed) continue;
      left.abort();
      clearTimeout(debounce);
      debounce = setTimeout(ask, habits.debounceMs);
    }
  }

  function ask() {
    left = new AbortController();
    const asked = request(left.signal).finally(() => underWay.delete(asked));
    underWay.add(asked);
  }

  async function request(signal: AbortSignal) {
    const beganMs = performance.now();
    const shown = await editor.request(promptAt(cursor), {left: signal, parameters});
    const endedMs = performance.now();
    const outcome = outcomeOf(shown, signal.aborted);
    if (!outcome) return;
    const waitedMs = shown.received?.firstByteMs || endedMs - beganMs;
    const id = shown.received?.headers["x-request-id"];
    const named = typeof id === "string" && {id};
    ended({beganMs, endedMs, waitedMs, outcome, text: textOf(shown), person, ...named});
  }

  const typing = type().catch(() => {});
  return {
    send: (given) => {
      parameters = given;
    },
    async stop() {
      stopped.abort();
      clearTimeout(debounce);
      left.abort();
      await Promise.all([typing, ...underWay]);
      editor.connections.close();
    },
  };
}

function promptAt(cursor: number): string {
  const at = ((cursor % TEXT.length) + TEXT.length) % TEXT.length;
  return (TEXT + TEXT.slice(0, at)).slice(-PROMPT_CHARACTERS);
}

/** Undefined where the editor kept silent, and so asked nothing. */
function outcomeOf({sight, received}: Shown, left: boolean) {
  if (left) return "cancelled";
  if (sight.sees === "text") return "served";
  return received || sight.sees !== "silence" ? "failed" : undefined;
}

function textOf({sight, received}: Shown): string {
  if (sight.sees === "text") return sight.text;
  if (!received) return `no token, so ${sight.sees}`;
  const {status, text, code} = received;
  if (status === 0) return `no answer (code ${code})`;
  const [line = ""] = text.trim().split("\n");
  return `${status} ${line}${code ? ` (code ${code})` : ""}`;
}
