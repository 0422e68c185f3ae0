import {createSeriesTable, type Labels, type Series, type SeriesTable} from "./series.ts";

export interface About<Name extends string> {
  readonly name: string;
  /** In one line. */
  readonly help: string;
  readonly labelNames: readonly Name[];
}

export interface Counter<Name extends string> {
  inc(labels: Labels<Name>, by?: number): void;
}

export interface Histogram<Name extends string> {
  observe(labels: Labels<Name>, value: number): void;
}

/** What a gauge says at the moment. */
export interface Reading<Name extends string> {
  readonly labels: Labels<Name>;
  readonly value: number;
}

/** All metrics of a process, as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats */
export interface Register {
  counter<const Name extends string = never>(about: About<Name>): Counter<Name>;
  /** `buckets`: their upper bounds, the least first. */
  histogram<const Name extends string = never>(
    about: About<Name>,
    buckets: readonly number[],
  ): Histogram<Name>;
  /** `read` is asked whenever metrics are. */
  gauge<const Name extends string = never>(
    about: About<Name>,
    read: () => readonly Reading<Name>[],
  ): void;
  text(): string;
}

interface Count {
  value: number;
}

interface Spread {
  /** How many lay in each bucket, and in none below it. */
  readonly counts: number[];
  sum: number;
  count: number;
}

type Lines = () => readonly string[];

export function createRegister(): Register {
  const metrics: Lines[] = [];
  const add = (type: string, {name, help}: About<string>, lines: Lines) =>
    metrics.push(() => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines()]);

  return {
    counter(about) {
      const series = tableOf(about, (): Count => ({value: 0}));
      add("counter", about, () => series.all.map((one) => countLine(about.name, one)));
      return {
        inc(labels, by = 1) {
          series.at(labels).value += by;
        },
      };
    },
    histogram(about, buckets) {
      const begin = () => ({counts: buckets.map(() => 0), sum: 0, count: 0});
      const series = tableOf(about, begin);
      const bounds = buckets.map((bound) => `le="${bound}"`);
      add("histogram", about, () =>
        series.all.flatMap((one) => spreadLines(about.name, bounds, one)),
      );
      return {observe: (labels, value) => observe(series.at(labels), buckets, value)};
    },
    gauge(about, read) {
      const series = createSeriesTable(about.labelNames, (): Count => ({value: 0}));
      add("gauge", about, () => {
        series.clear();
        for (const {labels, value} of read()) series.at(labels).value = value;
        return series.all.map((one) => countLine(about.name, one));
      });
    },
    text: () => `${metrics.map((lines) => lines().join("\n")).join("\n\n")}\n`,
  };
}

/** What has no labels has one series from the start. */
function tableOf<Name extends string, Kept>(
  {labelNames}: About<Name>,
  begin: () => Kept,
): SeriesTable<Name, Kept> {
  const series = createSeriesTable(labelNames, begin);
  if (labelNames.length === 0) series.at({} as Labels<Name>);
  return series;
}

function observe(spread: Spread, buckets: readonly number[], value: number) {
  spread.sum += value;
  spread.count++;
  for (let index = 0; index < buckets.length; index++) {
    if (value > buckets[index]!) continue;
    spread.counts[index]!++;
    return;
  }
}

const countLine = (name: string, {labels, kept: {value}}: Series<Count>) =>
  `${name}${labels && `{${labels}}`} ${value}`;

/** A bucket counts those of the buckets before it too. */
function spreadLines(name: string, bounds: readonly string[], {labels, kept}: Series<Spread>) {
  const [more, braced] = labels ? [`,${labels}`, `{${labels}}`] : ["", ""];
  let below = 0;
  const buckets = bounds.map((bound, index) => {
    below += kept.counts[index]!;
    return `${name}_bucket{${bound}${more}} ${below}`;
  });
  return [
    ...buckets,
    `${name}_bucket{le="+Inf"${more}} ${kept.count}`,
    `${name}_sum${braced} ${kept.sum}`,
    `${name}_count${braced} ${kept.count}`,
  ];
}
