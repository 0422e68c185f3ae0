import {isDeepStrictEqual} from "node:util";
import {
  specialAssetSig,
  specialSecretSig,
  specialSigKey,
  unknownValue,
} from "@pulumi/pulumi/runtime/rpc.js";
import {isMap} from "../changes.ts";

/** Values as they travel between a program, the engine and a provider: marked where they are more than JSON. */

/** The placeholder for a value that a preview cannot know. */
export const UNKNOWN = unknownValue;

export const isUnknown = (value: unknown) => typeof value === "string" && value.includes(UNKNOWN);

export function isSecret(value: unknown): value is {value: unknown} {
  return isMap(value) && value[specialSigKey] === specialSecretSig;
}

/** The value without its marks. A file becomes its hash, as its path differs by machine. */
export function plain(value: unknown): unknown {
  if (isSecret(value)) return plain(value.value);
  if (isFile(value)) return {hash: value.hash};
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== specialSigKey);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

const isFile = (value: unknown): value is {hash: unknown} =>
  isMap(value) && value[specialSigKey] === specialAssetSig && "hash" in value;

/** Dotted paths of the values that are secret. */
export function secretPaths(value: unknown, path = ""): string[] {
  if (isSecret(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    secretPaths(inner, path ? `${path}.${key}` : key),
  );
}

/** `value`, which is plain, with the marks that `marked` has at the same places. */
export function remarked(value: unknown, marked: unknown): unknown {
  if (isDeepStrictEqual(plain(marked), value)) return marked;
  if (isSecret(marked)) return {...marked, value};
  if (Array.isArray(value))
    return value.map((inner, at) =>
      remarked(inner, Array.isArray(marked) ? marked[at] : undefined),
    );
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const known = isMap(marked) ? marked : {};
  return Object.fromEntries(entries.map(([key, inner]) => [key, remarked(inner, known[key])]));
}
