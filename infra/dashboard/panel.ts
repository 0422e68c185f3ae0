/** One query of a panel. Grafana fills in `$region` and `$__rate_interval`. */
export interface Query {
  readonly expression: string;
  /** The legend of its series: `{{region}}`. */
  readonly legend: string;
}

export type Unit = "reqps" | "percentunit" | "s" | "short" | "d" | "cps";

/** A panel as data: its queries and its look. */
export interface Panel {
  readonly title: string;
  /** The description that Grafana shows. */
  readonly about: string;
  readonly draw: "lines" | "number" | "map";
  readonly unit: Unit;
  /** Out of 24 columns. */
  readonly width: number;
  readonly queries: readonly Query[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A metric, filtered by the regions that the reader has chosen. */
export const of = (metric: string, matchers?: string): string =>
  `${metric}{${[matchers, 'region=~"$region"'].filter(Boolean).join(",")}}`;

/** The rate per second, summed by labels. */
export const rate = (metric: string, by: string, matchers?: string): string =>
  `sum by (${by}) (rate(${of(metric, matchers)}[$__rate_interval]))`;

/** A line chart of one query. */
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
