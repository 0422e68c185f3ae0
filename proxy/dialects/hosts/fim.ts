import type {Body} from "../../rewrite/body.ts";
import {boundsOf, checkEcho} from "../bounds.ts";
import type {SourceFile} from "../files.ts";
import {type Family, promptOf, templates} from "../templates.ts";

/** OpenAI's limit, which hosts of its kind refuse more than. */
const MAX_HOST_STOPS = 4;

/** A completion as a host of a family is asked for it. */
export interface Filled {
  readonly body: Body;
  /** Stops for which the host has no room: the answer is to be cut at them. */
  readonly cutAt: readonly string[];
}

/**
 * Puts prompt and suffix into the family's own form. A request with a suffix, be it empty, asks for a gap;
 * one without has its prompt written already, and is undefined here. Throws PARAMETER_UNFIT for what no
 * template holds.
 */
export function filled(
  body: Body,
  family: Family,
  files: readonly SourceFile[] = [],
): Filled | undefined {
  const suffix = body.get("suffix");
  if (typeof suffix !== "string") return undefined;
  checkEcho(body);
  const {prompt, stop} = boundsOf(body);
  // The client's own come first: they are what its user expects, the others only guard against rambling.
  const stops = [...new Set([...stop, ...templates[family].stops])];
  const asked = body.fork();
  asked.remove("suffix");
  asked.set("prompt", promptOf(family, prompt, suffix, files));
  asked.set("stop", stops.slice(0, MAX_HOST_STOPS));
  return {body: asked, cutAt: stops.slice(MAX_HOST_STOPS)};
}
