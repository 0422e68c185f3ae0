import type {Body} from "../../rewrite/body.ts";
import {boundsOf} from "../bounds.ts";
import {createCode} from "../text/code.ts";
import type {Filter} from "../text/filter.ts";

/** What a model is told that knows no gap of its own. */
export const INSTRUCTION =
  "You complete code in an editor. The user's text is a file with a gap, marked <gap/>. Answer with " +
  "exactly the text that belongs in the gap: no explanation, no Markdown fence, nothing repeated from " +
  "before or after the gap.";

/** The text with its gap, as the instruction has it. */
export function gapIn(prompt: string, body: Body): string {
  const suffix = body.get("suffix");
  return `${prompt}<gap/>${typeof suffix === "string" ? suffix : ""}`;
}

/** What is taken off the answer of a model that was told so. */
export function codeFilter(body: Body): () => Filter {
  const bounds = boundsOf(body);
  return () => createCode(bounds);
}
