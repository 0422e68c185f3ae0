import {readFileSync} from "node:fs";
import {setTimeout as sleep} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import type {Editor, Shown} from "./editor.ts";
import type {Sample} from "./tally.ts";
import {habits, type Stroke} from "./typing.ts";

/** Someone who types in an editor that asks for completions. */
export interface Person {
  /** Sent with each request from now on, beside the usual parameters. */
  send(parameters: Readonly<Record<string, unknown>>): void;
  /** Resolves once nothing of theirs is under way. */
  stop(): Promise<void>;
}

export interface PersonOptions {
  readonly person: number;
  readonly editor: Editor;
  readonly strokes: Iterator<Stroke>;
  /** Each request, once it has ended. */
  readonly sampled: (sample: Sample) => void;
  readonly random?: () => number;
}

/** What people write, over and over: this. */
const TEXT = readFileSync(fileURLToPath(import.meta.url), "utf8");
/** As much as an editor sends of what is before the cursor. */
const PROMPT_CHARACTERS = 1500;

/**
 * Starts to type. The editor asks when no key has come for its debounce. Who types on cancels what is
 * under way, unless the key is what the suggestion says.
 */
export function startPerson({
  person,
  editor,
  strokes,
  sampled,
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
    // An editor that was told to be silent asked nothing.
    if (!outcome) return;
    const waitedMs = shown.answer?.firstByteMs || endedMs - beganMs;
    sampled({beganMs, endedMs, waitedMs, outcome, text: textOf(shown), person});
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
      editor.close();
    },
  };
}

function promptAt(cursor: number): string {
  const at = ((cursor % TEXT.length) + TEXT.length) % TEXT.length;
  return (TEXT + TEXT.slice(0, at)).slice(-PROMPT_CHARACTERS);
}

function outcomeOf({sight, answer}: Shown, left: boolean): Sample["outcome"] | undefined {
  if (left) return "cancelled";
  if (sight.sees === "text") return "served";
  return answer || sight.sees !== "silence" ? "failed" : undefined;
}

function textOf({sight, answer}: Shown): string {
  if (sight.sees === "text") return sight.text;
  if (!answer) return `no token, so ${sight.sees}`;
  if (answer.status === 0) return `no answer (code ${answer.code})`;
  const [line = ""] = answer.text.trim().split("\n");
  return `${answer.status} ${line}${answer.code ? ` (code ${answer.code})` : ""}`;
}
