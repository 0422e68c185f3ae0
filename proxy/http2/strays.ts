import type {Connection, Stream} from "./connection.ts";
import {spend} from "./limits.ts";
import {reset} from "./sending.ts";
import {ConnectionError, PROTOCOL_ERROR, STREAM_CLOSED} from "./wire.ts";
import {writeReset} from "./writing.ts";

/** Whether nobody has opened it yet. We never push: at a client the even ones stay idle. */
export function isIdle(
  {isServer, lastPeerStream, nextStream}: Connection,
  streamId: number,
): boolean {
  const isPeers = (streamId % 2 === 1) === isServer;
  return streamId > (isPeers ? lastPeerStream : nextStream - 2);
}

type State = "idle" | "half-closed" | "reset by us" | "closed";

/**
 * DATA and HEADERS where the stream's state has no place for them (RFC 9113, 5.1): what they are. What comes after we
 * have reset a stream was on its way, and is nothing.
 */
const STRAYS: Readonly<Record<State, Readonly<Record<"DATA" | "HEADERS", Verdict>>>> = {
  idle: {DATA: "PROTOCOL_ERROR", HEADERS: "PROTOCOL_ERROR"},
  "half-closed": {DATA: "reset", HEADERS: "reset"},
  "reset by us": {DATA: "ignored", HEADERS: "ignored"},
  closed: {DATA: "reset", HEADERS: "STREAM_CLOSED"},
};
/** `reset` is a stream error of STREAM_CLOSED; the other names are connection errors. */
type Verdict = "ignored" | "reset" | "PROTOCOL_ERROR" | "STREAM_CLOSED";

/** Deals with a frame that came for a stream which takes none. */
export function stray(connection: Connection, type: "DATA" | "HEADERS", streamId: number): void {
  const stream = connection.streams.get(streamId);
  const state = stateOf(connection, stream, streamId);
  const verdict = STRAYS[state][type];
  if (verdict === "PROTOCOL_ERROR" || verdict === "STREAM_CLOSED") {
    const code = verdict === "PROTOCOL_ERROR" ? PROTOCOL_ERROR : STREAM_CLOSED;
    throw new ConnectionError(code, `${type} on a stream that is ${state}`);
  }
  if (verdict === "ignored") return;
  spend(connection.strayFrames);
  if (stream) reset(stream, STREAM_CLOSED);
  else writeReset(connection, streamId, STREAM_CLOSED);
}

function stateOf(connection: Connection, stream: Stream | undefined, streamId: number): State {
  if (stream) return "half-closed";
  if (isIdle(connection, streamId)) return "idle";
  return connection.forgotten.has(streamId) ? "reset by us" : "closed";
}
