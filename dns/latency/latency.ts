import {distanceKm, type Figure, publishedFigures, type Site, siteOf} from "./figures.ts";
import {createDetour} from "./nearby.ts";

/**
 * How long a round trip takes: by a line, the same time for every trip and a time for each kilometre that
 * depends on the two parts of the world; as many times over as trips nearby take that are measured.
 * Fitted to what Microsoft publishes of its own network, so without the user's access network.
 */
export interface Latency extends Line {
  readonly detour: (from: Site, to: Site) => number;
}

interface Line {
  readonly baseMs: number;
  /** By pair of groups, `GEO-AS GEO-EU`. */
  readonly msPerKm: ReadonlyMap<string, number>;
  /** Where no figure is published for a pair of groups: that of all figures together. */
  readonly otherwiseMsPerKm: number;
}

/** In milliseconds. */
export const roundTripMs = (from: Site, to: Site, latency: Latency = fitted()): number =>
  lineMs(from, to, latency) * latency.detour(from, to);

/** What a way adds to a round trip that goes on from its end. */
export function legMs(from: Site, to: Site, line: Line = fitted()): number {
  const slope = line.msPerKm.get(pairOf(from, to)) ?? line.otherwiseMsPerKm;
  return slope * distanceKm(from, to);
}

const lineMs = (from: Site, to: Site, line: Line): number => line.baseMs + legMs(from, to, line);

/** Least squares with one base for all figures and a slope for each pair of groups, then the detours of that. */
export function fit(figures: readonly Figure[]): Latency {
  const line = lineThrough(figures);
  const detour = createDetour(figures, ({from, to}) => lineMs(siteOf(from), siteOf(to), line));
  return {...line, detour};
}

/** The line alone, to be held against. */
export const fitLine = (figures: readonly Figure[]): Latency => ({
  ...lineThrough(figures),
  detour: () => 1,
});

function lineThrough(figures: readonly Figure[]): Line {
  const sums = [...Map.groupBy(figures, ({from, to}) => pairOf(siteOf(from), siteOf(to)))].map(
    ([pair, group]) => ({pair, ...sumsOf(group)}),
  );
  const total = (part: (sum: (typeof sums)[number]) => number) =>
    sums.reduce((all, sum) => all + part(sum), 0);
  const baseMs =
    total(({ms, km, kmKm, kmMs}) => ms - (km * kmMs) / kmKm) /
    total(({count, km, kmKm}) => count - (km * km) / kmKm);
  const slope = ({km, kmKm, kmMs}: Omit<(typeof sums)[number], "pair">) =>
    (kmMs - baseMs * km) / kmKm;
  return {
    baseMs,
    msPerKm: new Map(sums.map((sum) => [sum.pair, slope(sum)] as const).toSorted()),
    otherwiseMsPerKm: slope(sumsOf(figures)),
  };
}

function sumsOf(figures: readonly Figure[]) {
  const sums = {count: 0, km: 0, ms: 0, kmKm: 0, kmMs: 0};
  for (const {from, to, ms} of figures) {
    const km = distanceKm(from, to);
    sums.count += 1;
    sums.km += km;
    sums.ms += ms;
    sums.kmKm += km * km;
    sums.kmMs += km * ms;
  }
  return sums;
}

const pairOf = ({group: a}: Pick<Site, "group">, {group: b}: Pick<Site, "group">): string =>
  a < b ? `${a} ${b}` : `${b} ${a}`;

let known: Latency | undefined;

function fitted(): Latency {
  known ??= fit(publishedFigures());
  return known;
}

/** Half of what is expected of a location that was not seen misses by less: missesUnseen, rounded. */
export const TYPICAL_MISS_MS = 7;

/** How far the model is from figures, in milliseconds: of half of them no more than the median. */
export interface Misses {
  readonly medianMs: number;
  readonly p95Ms: number;
}

/**
 * Of figures that the fit did not see: each location is foretold by the fit of what is published
 * without it, which is what a place that is no location meets.
 */
export function missesUnseen(figures: readonly Figure[], fitTo = fit): Misses {
  const sources = Map.groupBy(figures, ({from}) => from);
  const misses = [...sources].flatMap(([unseen, own]) => {
    const latency = fitTo(figures.filter(({from, to}) => from !== unseen && to !== unseen));
    return own.map((figure) => missOf(figure, latency));
  });
  return spread(misses);
}

/** Of the figures that the model was fitted to. */
export const missesSeen = (figures: readonly Figure[], latency: Latency): Misses =>
  spread(figures.map((figure) => missOf(figure, latency)));

const missOf = ({from, to, ms}: Figure, latency: Latency): number =>
  Math.abs(roundTripMs(siteOf(from), siteOf(to), latency) - ms);

function spread(misses: readonly number[]): Misses {
  const sorted = misses.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0;
  return {medianMs: at(0.5), p95Ms: at(0.95)};
}
