import type {Fields} from "../http2/fields.ts";
import {retryAfterS} from "../retry-after.ts";

export const EVENTS = "text/event-stream";
export const JSON_TYPE = "application/json";

/** `text/event-stream` of `Text/Event-Stream; charset=utf-8` (RFC 9110, 8.3.1: it has no case); empty where none is said. */
export function mediaTypeOf(headers: Fields): string {
  const type = headers["content-type"] ?? "";
  // As nearly all say it.
  if (type === JSON_TYPE || type === EVENTS) return type;
  return type.split(";", 1)[0]!.trim().toLowerCase();
}

/** How the content is coded, in lower case; empty where it is not (RFC 9110, 8.4). */
export function codingOf(headers: Fields): string {
  const said = headers["content-encoding"];
  if (said === undefined) return "";
  const coding = said.trim().toLowerCase();
  return coding === "identity" ? "" : coding;
}

/** Bytes that are announced; undefined where none, or no number, is said. */
export function lengthOf({"content-length": length = ""}: Fields): number | undefined {
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** W3C's form (https://www.w3.org/TR/trace-context/#traceparent-header). */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** What has another form is no trace: hosts refuse some, and then seem to be at fault. */
export function traceparentOf({traceparent}: Fields): string | undefined {
  return typeof traceparent === "string" && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

/** What a client is told to wait, in seconds: at least and at most. */
const LEAST_WAIT_S = 1;
const MOST_WAIT_S = 60;

/** A wait as clients are told it: a whole number of seconds, 1 to 60. */
export function wholeWait(seconds: number): number {
  return Math.min(MOST_WAIT_S, Math.max(LEAST_WAIT_S, Math.ceil(seconds)));
}

/**
 * The wait that a host names, as `wholeWait`; 1 where it names none that can be read. OpenAI's
 * `retry-after-ms` first, as their clients do.
 */
export function waitOf(headers: Fields, nowMs = Date.now()): number {
  const {"retry-after-ms": milliseconds = ""} = headers;
  if (/^-?\d+(\.\d+)?$/.test(`${milliseconds}`)) return wholeWait(Number(milliseconds) / 1000);
  return wholeWait(retryAfterS(headers["retry-after"], nowMs) ?? LEAST_WAIT_S);
}
