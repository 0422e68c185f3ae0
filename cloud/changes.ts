import {isDeepStrictEqual} from "node:util";

/**
 * Pulumi's paths of what differs between two trees of plain values: `spec.selector`,
 * `metadata.labels["app.kubernetes.io/name"]`. An array is compared as a whole.
 */
export function changedPaths(olds: unknown, news: unknown, path = ""): string[] {
  if (isDeepStrictEqual(olds, news)) return [];
  if (!isMap(olds) || !isMap(news)) return [path];
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].flatMap((key) =>
    changedPaths(olds[key], news[key], below(path, key)),
  );
}

/** The path of what a tree holds under a key. */
export function below(path: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path ? `${path}.${key}` : key;
}

/** Whether a path is one of `others`, above one or below one. */
export const within = (path: string, others: readonly string[]) =>
  others.some((other) => path === other || isAbove(path, other) || isAbove(other, path));

const isAbove = (path: string, other: string) =>
  other.startsWith(path) && /^[.[]/.test(other.slice(path.length));

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
