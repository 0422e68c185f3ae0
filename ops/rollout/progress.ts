/** Shows people how a rollout is going. */
export interface Progress {
  /** Writes a line, after the time since the start. */
  say(line: string): void;
  /** Shows that something is under way until it is done. */
  during<Result>(what: string, work: () => Promise<Result>): Promise<Result>;
  close(): void;
}

/**
 * A terminal's last line is rewritten; a log gets a line a minute, because some CI systems end silent jobs.
 */
const TERMINAL_MS = 1000;
const LOG_MS = 60_000;
/** Back to the start of the line, and clear it (ECMA-48: CR, EL). */
const CLEAR = "\r\x1b[2K";

export function createProgress({
  write,
  terminal,
  now = () => performance.now(),
  every = setInterval,
}: {
  readonly write: (text: string) => void;
  /** The terminal's width; undefined for a log, which gets no control characters. */
  readonly terminal: number | undefined;
  readonly now?: () => number;
  readonly every?: (work: () => void, ms: number) => {unref?(): void; [Symbol.dispose]?(): void};
}): Progress {
  const startMs = now();
  const since = new Map<string, number>();
  const timer = every(show, terminal === undefined ? LOG_MS : TERMINAL_MS);

  function show(): void {
    const text = since.size === 0 ? "" : lineOf(now() - startMs, underWay(since, now()));
    if (terminal !== undefined) write(CLEAR + text.slice(0, terminal - 1));
    else if (text) write(`${text}\n`);
  }

  function say(line: string): void {
    write(`${terminal === undefined ? "" : CLEAR}${lineOf(now() - startMs, line)}\n`);
    if (terminal !== undefined) show();
  }

  async function during<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    since.set(what, now());
    if (terminal !== undefined) show();
    try {
      return await work();
    } finally {
      since.delete(what);
    }
  }

  function close(): void {
    since.clear();
    timer[Symbol.dispose]?.();
    if (terminal !== undefined) write(CLEAR);
  }

  return {say, during, close};
}

/** `  2:05  eastus2: is up`. */
export const lineOf = (ms: number, text: string) => `${clock(ms).padStart(7)}  ${text}`;

const underWay = (since: ReadonlyMap<string, number>, nowMs: number) =>
  [...since].map(([what, atMs]) => `${what} ${clock(nowMs - atMs)}`).join(", ");

/** Minutes and seconds, with hours if there are any. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
