import type {Dialect} from "./dialect.ts";
import {infill} from "./infill.ts";
import {mistral} from "./mistral.ts";

/** Every dialect beside OpenAI's that clients may ask in. What is asked in OpenAI's own passes as it came. */
export const dialects: readonly Dialect[] = [mistral, infill];

export const dialectAt = (path: string): Dialect | undefined =>
  dialects.find((dialect) => dialect.path === path);
