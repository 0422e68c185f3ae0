import {table} from "../table.ts";
import {publishedFigures} from "./figures.ts";
import {fit, fitLine, type Misses, missesSeen, missesUnseen} from "./latency.ts";

/** The latency model in words: how many figures it is fitted to, the fit, and its error. */
export function latencyReport(): string {
  const figures = publishedFigures();
  const latency = fit(figures);
  const perThousand = (msPerKm: number) => (1000 * msPerKm).toFixed(1);
  const missed = ({medianMs, p95Ms}: Misses) =>
    `half within ${medianMs.toFixed(0)} ms, 95% within ${p95Ms.toFixed(0)} ms`;
  return `Expected round trip = ${latency.baseMs.toFixed(1)} ms + great-circle distance x slope, times as much as that is wrong by nearby, fitted to ${figures.length} published figures.

Of the figures it was fitted to: ${missed(missesSeen(figures, latency))}.
Of locations it was fitted without: ${missed(missesUnseen(figures))}.
Of those by the line alone: ${missed(missesUnseen(figures, fitLine))}.

${table([
  ["groups", "ms for 1000 km"],
  ...[...latency.msPerKm].map(([pair, slope]) => [pair, perThousand(slope)]),
  ["any other", perThousand(latency.otherwiseMsPerKm)],
]).join("\n")}
`;
}
