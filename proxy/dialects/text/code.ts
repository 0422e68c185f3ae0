import type {Bounds} from "../bounds.ts";
import {createEcho} from "./echo.ts";
import {createFence} from "./fence.ts";
import {chained, type Filter} from "./filter.ts";
import {createStops} from "./stops.ts";
import {createThoughts} from "./thoughts.ts";

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
