import {ProxyError} from "../errors.ts";
import type {Body} from "../rewrite/body.ts";

/** What decides where a completion begins and ends. */
export interface Bounds {
  readonly prompt: string;
  readonly stop: readonly string[];
}

/** OpenAI's default for completions, where other ways to ask have none. */
export const DEFAULT_MAX_TOKENS = 16;

/** OpenAI takes four. Each is looked for here, in every piece of the answer. */
const MAX_STOPS = 16;
const MAX_STOP_CHARACTERS = 256;
const STOPS_UNFIT = `This model takes up to ${MAX_STOPS} stop texts of ${MAX_STOP_CHARACTERS} characters; send fewer.`;
const LIMIT_UNFIT = 'Send the most tokens, "max_tokens", as a whole number, 0 or more.';
const ECHO_UNFIT = 'This model cannot repeat the prompt; leave "echo" out.';

/** Those of a completion whose prompt is put in other words. Throws PARAMETER_UNFIT for a prompt that is not one text. */
export function boundsOf(body: Body): Bounds {
  const [text, ...others] = [body.has("prompt") ? body.get("prompt") : ""].flat();
  if (typeof text !== "string" || others.length > 0) throw new ProxyError("PARAMETER_UNFIT");
  return {prompt: text, stop: stopsIn(body)};
}

/** Throws PARAMETER_UNFIT for a completion that is to begin with its prompt: the host was sent another. */
export function checkEcho(body: Body): void {
  if (body.get("echo") === true) throw new ProxyError("PARAMETER_UNFIT", {message: ECHO_UNFIT});
}

/** The most tokens that are asked for; undefined where nothing is said of it. Throws PARAMETER_UNFIT for what is no such number: a host may take it for no limit. */
export function limitOf(limit: unknown): number | undefined {
  if (limit == null) return undefined;
  if (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit < 0)
    throw new ProxyError("PARAMETER_UNFIT", {message: LIMIT_UNFIT});
  return limit;
}

/** Throws PARAMETER_UNFIT for more than are looked for. */
export function stopsIn(body: Body): string[] {
  const texts = [body.get("stop")]
    .flat()
    .filter((one) => typeof one === "string")
    .filter(Boolean);
  if (texts.length > MAX_STOPS || texts.some(({length}) => length > MAX_STOP_CHARACTERS))
    throw new ProxyError("PARAMETER_UNFIT", {message: STOPS_UNFIT});
  return texts;
}
