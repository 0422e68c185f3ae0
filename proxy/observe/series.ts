/** A value for each of a metric's label names. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

/** What is kept for one choice of labels, and those as they are written: `model="a",end="served"`. */
export interface Series<Kept> {
  readonly labels: string;
  readonly kept: Kept;
}

/** A metric's series, in the order in which they began. */
export interface SeriesTable<Name extends string, Kept> {
  /** Begins the series where there is none. */
  at(labels: Labels<Name>): Kept;
  readonly all: readonly Series<Kept>[];
  clear(): void;
}

interface Branch<Kept> {
  readonly next: Map<string, Branch<Kept>>;
  kept: Kept | undefined;
}

/** A tree, a level a label: to make one key of all values costs far more, and is done for each count of each request. */
export function createSeriesTable<Name extends string, Kept>(
  names: readonly Name[],
  begin: () => Kept,
): SeriesTable<Name, Kept> {
  let root: Branch<Kept> = branch();
  let all: Series<Kept>[] = [];

  function at(labels: Labels<Name>): Kept {
    let found = root;
    for (const name of names) found = found.next.get(labels[name]) ?? grow(found, labels[name]);
    found.kept ??= add(labels);
    return found.kept;
  }

  function grow({next}: Branch<Kept>, value: string): Branch<Kept> {
    const grown = branch<Kept>();
    next.set(value, grown);
    return grown;
  }

  function add(labels: Labels<Name>): Kept {
    const kept = begin();
    const written = names.map((name) => `${name}="${escaped(labels[name])}"`);
    all.push({labels: written.join(","), kept});
    return kept;
  }

  return {
    at,
    get all() {
      return all;
    },
    clear() {
      root = branch();
      all = [];
    },
  };
}

const branch = <Kept>(): Branch<Kept> => ({next: new Map(), kept: undefined});

const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
