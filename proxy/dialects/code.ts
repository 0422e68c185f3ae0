import {createEcho} from "./echo.ts";
import {createFence} from "./fence.ts";
import {chained, type Filter} from "./filter.ts";
import {createStops} from "./stops.ts";
import {createThoughts} from "./thoughts.ts";

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
