/** One line of Prometheus' text format, which proxies' `/metrics` speak. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([\w:]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** https://prometheus.io/docs/instrumenting/exposition_formats: what is no sample is passed over. */
export function parseSamples(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = LINE.exec(line) ?? [];
    return name === undefined ? [] : [{name, labels: labelsOf(labels), value: numberOf(value!)}];
  });
}

const labelsOf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name, value]) => [name!, unescaped(value!)]),
  );

const unescaped = (text: string) =>
  text.replace(/\\(.)/g, (_, sign) => (sign === "n" ? "\n" : sign));

const numberOf = (text: string) => (text === "+Inf" ? Number.POSITIVE_INFINITY : Number(text));

/** The value of which `share` of a histogram's observations are under, as histogram_quantile has it. */
export function quantile(
  share: number,
  buckets: readonly {readonly le: number; readonly count: number}[],
): number | undefined {
  const sorted = buckets.toSorted((a, b) => a.le - b.le);
  const rank = share * (sorted.at(-1)?.count ?? 0);
  if (rank === 0) return undefined;
  const at = sorted.findIndex(({count}) => count >= rank);
  const below = sorted[at - 1] ?? {le: 0, count: 0};
  const {le, count} = sorted[at]!;
  if (le === Number.POSITIVE_INFINITY) return below.le;
  return below.le + ((le - below.le) * (rank - below.count)) / (count - below.count);
}
