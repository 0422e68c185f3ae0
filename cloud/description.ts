import type {Inputs, Loss, Summarize} from "./resource.ts";

/** Losses that users notice. */
export const serving = (text: string): Loss => ({text, serves: true});

/** Losses that users notice and that leave the stack without its point. */
export const sole = (text: string): Loss => ({text, serves: true, sole: true});

/** Losses that no user notices. */
export const spare = (text: string): Loss => ({text, serves: false});

/** A summary that is the values at these dotted paths. */
export const values =
  (...paths: string[]): Summarize =>
  (at) =>
    paths.map(at);

export const zones = (numbers: string) => numbers && `zones ${numbers}`;

/** The last two segments of an id: the type and the name. */
export const tail = (id: string) => id.split("/").slice(-2).join("/");

export const list = (value: unknown) => (Array.isArray(value) ? value : []) as Inputs[];

export const valueAt = (tree: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((tree, key) => (tree as Inputs | undefined)?.[key], tree);
