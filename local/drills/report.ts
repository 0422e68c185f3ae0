import type {Drill, Event, Played} from "./stage.ts";

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** The line that introduces a drill. */
export const opening = ({name, holds}: Pick<Drill, "name" | "holds">) => `${name}: ${holds}`;

export const eventLine = ({atMs, what}: Event) => `${seconds(atMs).padStart(8)}  ${what}`;

/** The counts and the verdict. */
export function ending({held, checks, tally}: Played): string {
  const {requests, cancelled, failed, failure, worstMs} = tally;
  return [
    `${requests} requests, ${cancelled} typed through, ${failed} failed${failure ? ` (the first: ${failure})` : ""}; worst first byte ${worstMs.toFixed(0)} ms`,
    ...checks.map(({what, held}) => `  ${held ? "held" : "NOT HELD"}: ${what}`),
    held ? "HELD" : "DID NOT HOLD",
    "",
  ].join("\n");
}

/** A drill as a timeline, with its counts and its verdict. */
export const timeline = (played: Played) =>
  [opening(played), ...played.events.map(eventLine), ending(played)].join("\n");

/** All drills as a table in Markdown. */
export function table(played: readonly Played[]): string {
  const rows = played.map(({name, held, tally, detectMs}) => [
    name,
    held ? "held" : "**not held**",
    tally.requests,
    tally.failed,
    `${tally.worstMs.toFixed(0)} ms`,
    detectMs === undefined ? "-" : seconds(detectMs),
    seconds(tally.recoverMs),
  ]);
  const head = ["drill", "", "requests", "failed", "worst first byte", "detected", "recovered"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("");
}
