import {createHash} from "node:crypto";

/** Ids and signatures that Azure draws: the same for the same text, so that a second run changes nothing. */

export function uuid(text: string): string {
  const hex = digest(text);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

export const digest = (text: string) => createHash("sha256").update(text).digest("hex");
