/** A value in a tree, and where it is: `spec.containers[0].image`, `data["policy.json"]`. */
export interface Located {
  readonly path: string;
  readonly value: unknown;
}

/** The values that keys lead to. One that is not there is undefined; of a list that is not there, there is none. */
export function valuesAt(tree: unknown, keys: readonly string[], path = ""): Located[] {
  const [key, ...rest] = keys;
  if (key === undefined) return [{path, value: tree}];
  if (key !== "*") return valuesAt(childOf(tree, key), rest, below(path, key));
  if (!isTree(tree)) return [];
  return Object.keys(tree).flatMap((each) =>
    valuesAt(tree[each], rest, Array.isArray(tree) ? `${path}[${each}]` : below(path, each)),
  );
}

const childOf = (tree: unknown, key: string) => (isTree(tree) ? tree[key] : undefined);

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function below(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path ? `${path}.${key}` : key;
}
