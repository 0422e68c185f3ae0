import {createEcho} from "./echo.ts";
import {createFence} from "./fence.ts";
import {createStops} from "./stops.ts";
import {createThoughts} from "./thoughts.ts";

/** Takes something off a text that comes in pieces. Of what may still turn out either way it holds on. */
export interface Filter {
  /** What of the text so far is certain now, beyond what was said before. */
  push(piece: string): string;
  /** There is no more: what was held on to, as far as it belongs to the text. */
  end(): string;
  /** Whatever else comes does not belong to the text. */
  readonly ended: boolean;
}

/** What decides where code begins and ends. */
export interface Bounds {
  readonly prompt: string;
  readonly stop: readonly string[];
}

/**
 * Takes off what chat models add to code although told not to: their thoughts, a Markdown fence with the
 * words around it, a repetition of the prompt or of its last line; and ends it at a stop text. A prompt
 * with a fence in it is Markdown: there fences stay.
 */
export function createCode({prompt, stop}: Bounds): Filter {
  const isMarkdown = prompt.includes("```");
  return chained([
    createThoughts(),
    ...(isMarkdown ? [] : [createFence()]),
    createEcho(prompt),
    createStops(stop),
  ]);
}

/** The code in what was said, all at once. */
export function codeOf(said: string, bounds: Bounds): {text: string; ended: boolean} {
  const code = createCode(bounds);
  const text = code.push(said);
  return {text: code.ended ? text : text + code.end(), ended: code.ended};
}

/** Each takes what the one before it gives. The first that has ended ends all. */
function chained(filters: readonly Filter[]): Filter {
  const endAfter = (index: number): string => {
    let text = "";
    for (const filter of filters.slice(index)) text = filter.push(text) + filter.end();
    return text;
  };
  let ended = false;

  function push(piece: string): string {
    let text = piece;
    for (const [index, filter] of filters.entries()) {
      text = filter.push(text);
      if (!filter.ended) continue;
      ended = true;
      return passed(text, index + 1);
    }
    return text;
  }

  /** The last that a filter gives, through those after it. */
  function passed(text: string, from: number): string {
    let rest = text;
    for (const filter of filters.slice(from)) {
      rest = filter.push(rest);
      if (!filter.ended) rest += filter.end();
    }
    return rest;
  }

  return {
    push,
    end: () => (ended ? "" : endAfter(0)),
    get ended() {
      return ended;
    },
  };
}
