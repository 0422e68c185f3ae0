import {isDeepStrictEqual} from "node:util";

/**
 * The paths, as Pulumi writes them, at which two trees of plain values differ: `spec.selector`,
 * `metadata.labels["app.kubernetes.io/name"]`. An array is compared as a whole.
 */
export function changedPaths(olds: unknown, news: unknown, path = ""): string[] {
  if (isDeepStrictEqual(olds, news)) return [];
  if (!isMap(olds) || !isMap(news)) return [path];
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].flatMap((key) =>
    changedPaths(olds[key], news[key], below(path, key)),
  );
}

/** The path to a key of the value at a path. */
export function below(path: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path ? `${path}.${key}` : key;
}

/** Whether a path equals one of `others`, contains it or is contained in it. */
export const within = (path: string, others: readonly string[]) =>
  others.some((other) => path === other || isAbove(path, other) || isAbove(other, path));

const isAbove = (path: string, other: string) =>
  other.startsWith(path) && /^[.[]/.test(other.slice(path.length));

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
