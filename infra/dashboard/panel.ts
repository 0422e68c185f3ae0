/** One query of a panel; `$region` and `$__rate_interval` are Grafana's to fill in. */
export interface Query {
  readonly expression: string;
  /** How its series are called: `{{region}}`. */
  readonly legend: string;
}

export type Unit = "reqps" | "percentunit" | "s" | "short" | "d" | "cps";

/** A panel as data: what it asks, how it is drawn. */
export interface Panel {
  readonly title: string;
  /** What a reader should know of it. */
  readonly about: string;
  readonly draw: "lines" | "number" | "map";
  readonly unit: Unit;
  /** Of the 24 columns. */
  readonly width: number;
  readonly queries: readonly Query[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A metric of the regions that the reader has chosen. */
export const of = (metric: string, matchers?: string): string =>
  `${metric}{${[matchers, 'region=~"$region"'].filter(Boolean).join(",")}}`;

/** How often a second, summed by labels. */
export const rate = (metric: string, by: string, matchers?: string): string =>
  `sum by (${by}) (rate(${of(metric, matchers)}[$__rate_interval]))`;

/** Lines of one query, a series for each value of its labels. */
export const lines = (
  title: string,
  about: string,
  [unit, width]: readonly [Unit, number],
  queries: Readonly<Record<string, string>>,
): Panel => ({
  title,
  about,
  draw: "lines",
  unit,
  width,
  queries: Object.entries(queries).map(([legend, expression]) => ({legend, expression})),
});

export const number = (title: string, about: string, unit: Unit, expression: string): Panel => ({
  title,
  about,
  draw: "number",
  unit,
  width: 4,
  queries: [{legend: "", expression}],
});

const QUANTILES = [0.5, 0.95, 0.99];

/** p50, p95 and p99 of a histogram. */
export const quantiles = (metric: string, by = ""): Record<string, string> =>
  Object.fromEntries(
    QUANTILES.map((quantile) => [
      `p${quantile * 100}${by && ` {{${by}}}`}`,
      `histogram_quantile(${quantile}, ${rate(`${metric}_bucket`, by ? `le, ${by}` : "le")})`,
    ]),
  );
