import {
  ConnectionError,
  ENABLE_PUSH,
  FIRST_WINDOW,
  FLOW_CONTROL_ERROR,
  FRAME_BYTES,
  FRAME_SIZE_ERROR,
  INITIAL_WINDOW_SIZE,
  MAX_CONCURRENT_STREAMS,
  MAX_FRAME_SIZE,
  MOST_FRAME_BYTES,
  MOST_WINDOW,
  NO_RFC7540_PRIORITIES,
  PROTOCOL_ERROR,
} from "./wire.ts";

/** What a peer has set, as far as it binds us. */
export interface Settings {
  maxConcurrentStreams: number;
  initialWindowSize: number;
  maxFrameSize: number;
}

/** Until it says otherwise (RFC 9113, 6.5.2). */
export const firstSettings = (): Settings => ({
  maxConcurrentStreams: Number.POSITIVE_INFINITY,
  initialWindowSize: FIRST_WINDOW,
  maxFrameSize: FRAME_BYTES,
});

/** Each with its value, in the order in which they came. Throws what the RFC says of a value that may not be. */
export function readSettings(
  bytes: Buffer,
  start: number,
  end: number,
): [setting: number, value: number][] {
  if ((end - start) % 6 !== 0)
    throw new ConnectionError(FRAME_SIZE_ERROR, "SETTINGS of a length that is no multiple of 6");
  const settings: [number, number][] = [];
  for (let at = start; at < end; at += 6) {
    const setting = bytes.readUInt16BE(at);
    const value = bytes.readUInt32BE(at + 2);
    check(setting, value);
    settings.push([setting, value]);
  }
  return settings;
}

/** Values that are allowed, and what another one is; those of settings that are not here are not looked at. */
const ALLOWED: Readonly<Record<number, readonly [least: number, most: number, code: number]>> = {
  [ENABLE_PUSH]: [0, 1, PROTOCOL_ERROR],
  [INITIAL_WINDOW_SIZE]: [0, MOST_WINDOW, FLOW_CONTROL_ERROR],
  [MAX_FRAME_SIZE]: [FRAME_BYTES, MOST_FRAME_BYTES, PROTOCOL_ERROR],
  [NO_RFC7540_PRIORITIES]: [0, 1, PROTOCOL_ERROR],
};

function check(setting: number, value: number) {
  const [least, most, code] = ALLOWED[setting] ?? [0, Number.POSITIVE_INFINITY, 0];
  if (value < least || value > most)
    throw new ConnectionError(code, `setting ${setting} may not be ${value}`);
}

/** Takes one of them, as far as it is remembered. */
export function applySetting(settings: Settings, setting: number, value: number): void {
  if (setting === MAX_CONCURRENT_STREAMS) settings.maxConcurrentStreams = value;
  else if (setting === INITIAL_WINDOW_SIZE) settings.initialWindowSize = value;
  else if (setting === MAX_FRAME_SIZE) settings.maxFrameSize = value;
}

/** A frame's payload. */
export function settingsPayload(settings: readonly (readonly [number, number])[]): Buffer {
  const bytes = Buffer.alloc(settings.length * 6);
  for (const [index, [setting, value]] of settings.entries()) {
    bytes.writeUInt16BE(setting, index * 6);
    bytes.writeUInt32BE(value, index * 6 + 2);
  }
  return bytes;
}
