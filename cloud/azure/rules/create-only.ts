import {isDeepStrictEqual} from "node:util";
import {below, isMap} from "../../changes.ts";
import {isUnknown} from "../../engine/pulumi-values.ts";
import type {Rule} from "./rules.ts";

/**
 * The paths at which a change would touch what Microsoft's types say is set once, when the resource is made. Parts
 * of a list are the same by their name; one that is new may have what it likes.
 */
export function setOnce(rule: Rule, olds: unknown, news: unknown, path = ""): string[] {
  if (Array.isArray(olds) && Array.isArray(news))
    return news.flatMap((part, at) => {
      const before = counterpart(olds, part, at);
      return before ? setOnce(rule.items ?? {}, before, part, `${path}[${at}]`) : [];
    });
  if (!isMap(olds) || !isMap(news)) return [];
  const {createOnly = [], properties = {}} = rule;
  return [
    ...createOnly
      .filter((key) => !isUnknown(news[key]) && !isDeepStrictEqual(olds[key], news[key]))
      .map((key) => below(path, key)),
    ...Object.entries(properties).flatMap(([key, inner]) =>
      setOnce(inner, olds[key], news[key], below(path, key)),
    ),
  ];
}

const counterpart = (olds: readonly unknown[], part: unknown, at: number) =>
  isMap(part) && part.name !== undefined
    ? olds.find((old) => isMap(old) && old.name === part.name)
    : olds[at];
