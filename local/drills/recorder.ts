import {writeFileSync} from "node:fs";
import type {ReadStream} from "node:tty";
import {strokeOf, traceLine} from "../../editor/trace.ts";

const END = new Set(["\x03", "\x04"]);

/**
 * Records the strokes of a terminal until Ctrl-C or Ctrl-D, without what they wrote, and resolves to how
 * many there were. What is typed is echoed to the terminal and goes nowhere else.
 */
export async function record(terminal: ReadStream, path: string): Promise<number> {
  if (!terminal.isTTY) throw new Error("record reads a keyboard; run it in a terminal");
  const lines: string[] = [];
  const startedMs = performance.now();
  terminal.setRawMode(true);
  try {
    for await (const sent of terminal.setEncoding("utf8")) {
      if (END.has(String(sent))) break;
      const stroke = strokeOf(String(sent));
      if (stroke) lines.push(traceLine(performance.now() - startedMs, stroke));
      process.stdout.write(String(sent).replaceAll("\r", "\r\n").replaceAll("\x7f", "\b \b"));
    }
  } finally {
    terminal.setRawMode(false);
  }
  writeFileSync(path, lines.join(""), {mode: 0o600});
  return lines.length;
}
