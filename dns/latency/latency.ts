import {distanceKm, type Figure, publishedFigures, type Site, siteOf} from "./figures.ts";
import {createDetour} from "./nearby.ts";

/**
 * How long a round trip takes: a constant plus a time for each kilometre, which depends on the two parts of
 * the world, times the detour that measured trips nearby take. Fitted to what Microsoft publishes about its
 * own network, so it does not include the user's access network.
 */
export interface Latency extends Line {
  readonly detour: (from: Site, to: Site) => number;
}

interface Line {
  readonly baseMs: number;
  /** By pair of groups, `GEO-AS GEO-EU`. */
  readonly msPerKm: ReadonlyMap<string, number>;
  /** The slope over all figures, for pairs of groups without a published figure. */
  readonly otherwiseMsPerKm: number;
}

/** The round trip in milliseconds. */
export const roundTripMs = (from: Site, to: Site, latency: Latency = fitted()): number =>
  lineMs(from, to, latency) * latency.detour(from, to);

/** The milliseconds that a leg adds to a round trip that continues from its end. */
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

/** The line without detours, as a baseline for comparison. */
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

/** The median error for locations that the fit did not see (missesUnseen), rounded. */
export const TYPICAL_MISS_MS = 7;

/** The error of the model against published figures, in milliseconds. */
export interface Misses {
  readonly medianMs: number;
  readonly p95Ms: number;
}

/**
 * The error for figures that the fit did not see: each location is predicted by a fit without it, as places
 * that are not Azure locations are.
 */
export function missesUnseen(figures: readonly Figure[], fitTo = fit): Misses {
  const sources = Map.groupBy(figures, ({from}) => from);
  const misses = [...sources].flatMap(([unseen, own]) => {
    const latency = fitTo(figures.filter(({from, to}) => from !== unseen && to !== unseen));
    return own.map((figure) => missOf(figure, latency));
  });
  return spread(misses);
}

/** The error for the figures that the model was fitted to. */
export const missesSeen = (figures: readonly Figure[], latency: Latency): Misses =>
  spread(figures.map((figure) => missOf(figure, latency)));

const missOf = ({from, to, ms}: Figure, latency: Latency): number =>
  Math.abs(roundTripMs(siteOf(from), siteOf(to), latency) - ms);

function spread(misses: readonly number[]): Misses {
  const sorted = misses.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0;
  return {medianMs: at(0.5), p95Ms: at(0.95)};
}
