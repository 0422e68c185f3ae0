import type {Connection, Frame} from "./connection.ts";
import {takeData} from "./incoming-data.ts";
import {takeContinuation, takeHeaders} from "./incoming-headers.ts";
import {spend} from "./limits.ts";
import {takePriority, takePriorityUpdate} from "./priority.ts";
import {awaitTurn, drop, pump, reset} from "./sending.ts";
import {applySetting, readSettings} from "./settings.ts";
import {isIdle} from "./strays.ts";
import {isClosed} from "./stream.ts";
import {
  ACK,
  CONTINUATION,
  ConnectionError,
  DATA,
  ENABLE_PUSH,
  errorName,
  FLOW_CONTROL_ERROR,
  FRAME_SIZE_ERROR,
  GOAWAY,
  HEADER_TABLE_SIZE,
  HEADERS,
  MOST_WINDOW,
  NO_ERROR,
  PING,
  PRIORITY,
  PRIORITY_UPDATE,
  PROTOCOL_ERROR,
  PUSH_PROMISE,
  REFUSED_STREAM,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
} from "./wire.ts";
import {acknowledgeSettings, writePing} from "./writing.ts";

/** Takes a frame of the peer's (RFC 9113, 6). Throws what ends the connection. */
export function takeFrame(
  connection: Connection,
  type: number,
  flags: number,
  streamId: number,
  bytes: Buffer,
  start: number,
  end: number,
) {
  checkOrder(connection, type, flags, streamId);
  if (type === DATA) return takeData(connection, flags, streamId, bytes, start, end);
  if (type === HEADERS) return takeHeaders(connection, flags, streamId, bytes, start, end);
  const frame = {flags, streamId, bytes, start, end};
  const rule = RULES[type];
  // 5.5: what is unknown is thrown away.
  if (!rule) return spend(connection.idleFrames);
  check(frame, rule);
  rule.take(connection, frame);
}

/** 3.4: settings come first. 6.10: nothing comes within a header block. */
function checkOrder(connection: Connection, type: number, flags: number, streamId: number) {
  const {block} = connection;
  if (!connection.isGreeted && (type !== SETTINGS || flags & ACK))
    throw new ConnectionError(PROTOCOL_ERROR, "the first frame is not SETTINGS");
  if (block && (type !== CONTINUATION || streamId !== block.streamId))
    throw new ConnectionError(PROTOCOL_ERROR, "a frame within a header block");
}

interface Rule {
  readonly name: string;
  /** Whether it is of a stream, or of the connection; undefined where it may be of either. */
  readonly isOfStream: boolean | undefined;
  /** Bytes that it has; undefined where it may have any number of them. */
  readonly bytes: number | undefined;
  readonly take: (connection: Connection, frame: Frame) => void;
}

/** All but DATA and HEADERS, which go a shorter way. */
const RULES: Readonly<Record<number, Rule>> = {
  [PRIORITY]: {name: "PRIORITY", isOfStream: true, bytes: undefined, take: takePriority},
  [RST_STREAM]: {name: "RST_STREAM", isOfStream: true, bytes: 4, take: takeReset},
  [SETTINGS]: {name: "SETTINGS", isOfStream: false, bytes: undefined, take: takeSettings},
  [PUSH_PROMISE]: {name: "PUSH_PROMISE", isOfStream: true, bytes: undefined, take: refusePush},
  [PING]: {name: "PING", isOfStream: false, bytes: 8, take: takePing},
  [GOAWAY]: {name: "GOAWAY", isOfStream: false, bytes: undefined, take: takeGoaway},
  [WINDOW_UPDATE]: {name: "WINDOW_UPDATE", isOfStream: undefined, bytes: 4, take: takeWindowUpdate},
  [CONTINUATION]: {
    name: "CONTINUATION",
    isOfStream: true,
    bytes: undefined,
    take: takeContinuation,
  },
  [PRIORITY_UPDATE]: {
    name: "PRIORITY_UPDATE",
    isOfStream: false,
    bytes: undefined,
    take: takePriorityUpdate,
  },
};

function check({streamId, start, end}: Frame, {name, isOfStream, bytes}: Rule) {
  if (isOfStream !== undefined && isOfStream !== streamId > 0)
    throw new ConnectionError(PROTOCOL_ERROR, `${name} on stream ${streamId}`);
  if (bytes !== undefined && bytes !== end - start)
    throw new ConnectionError(FRAME_SIZE_ERROR, `${name} of ${end - start} bytes`);
}

/** 6.4. Any code is the end of it. */
function takeReset(connection: Connection, {streamId, bytes, start}: Frame) {
  if (isIdle(connection, streamId))
    throw new ConnectionError(PROTOCOL_ERROR, "RST_STREAM on a stream that was never opened");
  const stream = connection.streams.get(streamId);
  // One that crosses the end of its answer counts as any other: behind an edge, clients choose when.
  if (connection.isServer) spend(connection.resets);
  else if (!stream) spend(connection.idleFrames);
  if (stream) drop(stream, bytes.readUInt32BE(start));
}

/** 6.5. */
function takeSettings(connection: Connection, {flags, bytes, start, end}: Frame) {
  if (flags & ACK) return settle(connection, end - start);
  spend(connection.idleFrames);
  connection.isGreeted = true;
  for (const [setting, value] of readSettings(bytes, start, end)) {
    if (setting === ENABLE_PUSH && value === 1 && !connection.isServer)
      throw new ConnectionError(PROTOCOL_ERROR, "a server that lets us push");
    if (setting === HEADER_TABLE_SIZE) connection.encoder.resize(value);
    const before = connection.peer.initialWindowSize;
    applySetting(connection.peer, setting, value);
    moveWindows(connection, connection.peer.initialWindowSize - before);
  }
  acknowledgeSettings(connection);
  pump(connection);
  connection.on.settled(connection);
}

function settle(connection: Connection, bytes: number) {
  if (bytes > 0) throw new ConnectionError(FRAME_SIZE_ERROR, "an acknowledgement with a payload");
  connection.isSettled = true;
}

/** 6.9.2: it holds for the streams that are open, too. Each costs as much as a frame that carries nothing. */
function moveWindows(connection: Connection, bytes: number) {
  if (bytes === 0) return;
  for (const stream of connection.streams.all()) {
    spend(connection.idleFrames);
    stream.sendWindow += bytes;
    if (stream.sendWindow > MOST_WINDOW)
      throw new ConnectionError(FLOW_CONTROL_ERROR, "settings that make a window too large");
    awaitTurn(stream);
  }
}

/** We let nobody push (6.6, 8.4). */
function refusePush() {
  throw new ConnectionError(PROTOCOL_ERROR, "PUSH_PROMISE, which our settings exclude");
}

/** 6.7. */
function takePing(connection: Connection, {flags, bytes, start, end}: Frame) {
  if (flags & ACK) {
    const {pong} = connection;
    connection.pong = undefined;
    return pong?.();
  }
  spend(connection.idleFrames);
  writePing(connection, ACK, bytes.subarray(start, end));
}

/** 6.8: what has a higher number was not looked at, and may be sent elsewhere. */
function takeGoaway(connection: Connection, {bytes, start, end}: Frame) {
  if (end - start < 8) throw new ConnectionError(FRAME_SIZE_ERROR, "GOAWAY of under 8 bytes");
  spend(connection.idleFrames);
  const last = bytes.readUInt32BE(start) & MOST_WINDOW;
  const code = bytes.readUInt32BE(start + 4);
  if (code !== NO_ERROR)
    connection.farewell = new ConnectionError(code, `the peer says GOAWAY with ${errorName(code)}`);
  if (connection.isServer) return;
  // First: whoever hears that its stream was refused asks again at once, and may not ask here.
  connection.on.leaving(connection);
  for (const stream of connection.streams.all())
    if (stream.id > last && !isClosed(stream)) drop(stream, REFUSED_STREAM);
}

/** 6.9. A fault of a stream's is the end of that stream alone. */
function takeWindowUpdate(connection: Connection, {streamId, bytes, start}: Frame) {
  spend(connection.idleFrames);
  const increment = bytes.readUInt32BE(start) & MOST_WINDOW;
  if (streamId === 0) return widenConnection(connection, increment);
  if (isIdle(connection, streamId))
    throw new ConnectionError(PROTOCOL_ERROR, "WINDOW_UPDATE on a stream that was never opened");
  const stream = connection.streams.get(streamId);
  if (!stream) return;
  stream.sendWindow += increment;
  if (increment > 0 && stream.sendWindow <= MOST_WINDOW) {
    awaitTurn(stream);
    return pump(connection);
  }
  spend(connection.strayFrames);
  reset(stream, increment === 0 ? PROTOCOL_ERROR : FLOW_CONTROL_ERROR);
}

function widenConnection(connection: Connection, increment: number) {
  connection.sendWindow += increment;
  if (increment === 0) throw new ConnectionError(PROTOCOL_ERROR, "WINDOW_UPDATE by nothing");
  if (connection.sendWindow > MOST_WINDOW)
    throw new ConnectionError(FLOW_CONTROL_ERROR, "WINDOW_UPDATE beyond what a window may be");
  pump(connection);
}
