import {table} from "../../dns/table.ts";
import type {ListedKey} from "./key-list.ts";

/** The lines of a table of keys, as they stand at a time. */
export function listing(keys: readonly ListedKey[], nowMs: number): string[] {
  const rows = keys.map((key) => [
    key.id,
    key.user,
    key.service,
    dayOf(key.made),
    stateOf(key, nowMs),
  ]);
  return table([["id", "user", "service", "made", "state"], ...rows]);
}

function stateOf({ended, goodUntil}: ListedKey, nowMs: number): string {
  if (ended !== undefined) return `ended ${dayOf(ended)}`;
  const isGood = nowMs < Date.parse(goodUntil);
  return `${isGood ? "good until" : "expired"} ${dayOf(goodUntil)}`;
}

const dayOf = (time: string) => time.slice(0, 10);
