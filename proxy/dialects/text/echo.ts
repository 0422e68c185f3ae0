import type {Filter} from "./filter.ts";

/** A shorter line may well begin the answer by right. */
const LEAST_CHARACTERS = 4;

/** Takes off a repetition of the prompt, or of its last line, with its indent or without. */
export function createEcho(prompt: string): Filter {
  const line = prompt.slice(prompt.lastIndexOf("\n") + 1);
  let echoes = [prompt, line, line.trimStart()].filter(
    (text) => text.trim().length >= LEAST_CHARACTERS,
  );
  let held = "";
  let decided = false;

  /** The longest of several echoes: they are in that order. */
  function push(piece: string): string {
    if (decided) return piece;
    const from = held.length;
    held += piece;
    echoes = echoes.filter((echo) => agrees(echo, held, from));
    const open = echoes.filter((echo) => echo.length > held.length);
    if (open.length > 0 || held === "") return "";
    return end();
  }

  function end(): string {
    const echo = decided ? undefined : echoes.find((echo) => echo.length <= held.length);
    const text = held.slice(echo?.length ?? 0);
    decided = true;
    held = "";
    return text;
  }

  return {push, end, ended: false};
}

/** Whether a text that agreed with `echo` up to `from` still does, as far as both go. */
function agrees(echo: string, text: string, from: number): boolean {
  const length = Math.min(echo.length, text.length);
  return from >= length || echo.startsWith(text.slice(from, length), from);
}
