/** What of a chat's words is code, as far as that is certain yet. */
export interface Code {
  /** Grows with what is said, and nothing of it is ever taken back. */
  readonly text: string;
  /** Whatever else is said does not belong to it. */
  readonly ended: boolean;
}

/** What decides where code begins and ends. */
export interface Bounds {
  readonly prompt: string;
  readonly stop: readonly string[];
}

const NOTHING: Code = {text: "", ended: false};
const FENCE = "```";
const OPENING = /^\s*```[^\n`]*\n/;
/** Of 40 characters after a fence none is a line end: it is no language's name. */
const MAYBE_OPENING = /^\s*(`{0,2}|```[^\n`]{0,40})$/;
const CLOSING = /(?:^|\n)[ \t]*```/;
const MAYBE_CLOSING = /(?:^|\n)[ \t]*`{0,2}$/;
/** A shorter line may well begin the answer by right. */
const ECHO_LEAST = 4;

/**
 * Takes off what chat models add to code although told not to: a Markdown fence with all that follows
 * it, and a repetition of the prompt or of its last line; and ends it at a stop text. `whole` says
 * that `said` is all there will be. A prompt with a fence in it is Markdown: there fences stay.
 */
export function codeOf(said: string, {prompt, stop}: Bounds, whole: boolean): Code {
  const fences = !prompt.includes(FENCE);
  const opening = fences ? OPENING.exec(said) : null;
  if (fences && !opening && MAYBE_OPENING.test(said))
    return whole && !said.includes(FENCE) ? untilStop(said, stop, whole) : NOTHING;
  const fresh = withoutEcho(said.slice(opening?.[0].length ?? 0), prompt, whole);
  if (fresh === undefined) return NOTHING;
  if (!opening) return untilStop(fresh, stop, whole);
  const closing = CLOSING.exec(fresh);
  if (closing) return {...untilStop(fresh.slice(0, closing.index), stop, true), ended: true};
  const held = whole ? null : MAYBE_CLOSING.exec(fresh);
  return untilStop(held ? fresh.slice(0, held.index) : fresh, stop, whole);
}

/** Undefined while it may yet turn out to be an echo. */
function withoutEcho(said: string, prompt: string, whole: boolean): string | undefined {
  const line = prompt.slice(prompt.lastIndexOf("\n") + 1);
  const echoes = [prompt, line, line.trimStart()].filter(
    (text) => text.trim().length >= ECHO_LEAST,
  );
  if (!whole && echoes.some((echo) => echo.startsWith(said))) return undefined;
  const echo = echoes.find((echo) => said.startsWith(echo));
  return said.slice(echo?.length ?? 0);
}

/** Of a stop text that has only begun, what has come is held back. */
function untilStop(text: string, stop: readonly string[], whole: boolean): Code {
  const places = stop.map((one) => text.indexOf(one)).filter((place) => place >= 0);
  if (places.length > 0) return {text: text.slice(0, Math.min(...places)), ended: true};
  if (whole) return {text, ended: false};
  const held = Math.max(0, ...stop.map((one) => overlap(text, one)));
  return {text: text.slice(0, text.length - held), ended: false};
}

/** How many of the last characters of `text` are the first of `stop`. */
function overlap(text: string, stop: string): number {
  let length = Math.min(stop.length - 1, text.length);
  while (length > 0 && !text.endsWith(stop.slice(0, length))) length--;
  return length;
}
