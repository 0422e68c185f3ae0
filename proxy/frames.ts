/** For tests and drills: HTTP/2 frames written by hand (RFC 9113), to send what no well-behaved peer sends. */

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const ACK = 0x1;
const END_STREAM = 0x1;
const END_HEADERS = 0x4;

/** What opens a connection. */
export function preface(): Buffer {
  return Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0, Buffer.alloc(0))]);
}

/** A whole request on stream `id`. */
export function request(id: number, headers: Record<string, string>, body: string): Buffer {
  return Buffer.concat([
    frame(HEADERS, END_HEADERS, id, block(headers)),
    frame(DATA, END_STREAM, id, Buffer.from(body)),
  ]);
}

/** A whole answer on stream `id`. */
export const answer = request;

/** What opens a connection from the other side, and takes the settings that came. */
export function greeting(): Buffer {
  const none = Buffer.alloc(0);
  return Buffer.concat([frame(SETTINGS, 0, 0, none), frame(SETTINGS, ACK, 0, none)]);
}

/**
 * Reads what a client sends: `asked` hears of each stream whose request is whole, `pinged` what to answer
 * a PING with.
 */
export function readRequests(heard: {asked: (id: number) => void; pinged: (pong: Buffer) => void}) {
  let held = Buffer.alloc(0);
  let isOpen = false;
  return (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    if (!isOpen && held.length >= PREFACE.length) {
      isOpen = true;
      held = held.subarray(PREFACE.length);
    }
    for (; isOpen && held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3); ) {
      const end = 9 + held.readUIntBE(0, 3);
      const [type, flags, id] = [held[3], held[4] as number, held.readUInt32BE(5)];
      if (type === PING && !(flags & ACK)) heard.pinged(frame(PING, ACK, 0, held.subarray(9, end)));
      if ((type === DATA || type === HEADERS) && flags & END_STREAM) heard.asked(id);
      held = held.subarray(end);
    }
  };
}

export function reset(id: number, code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(RST_STREAM, 0, id, payload);
}

/** That it takes leave, and has looked at no stream beyond `last`. */
export function goaway(last: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(last);
  return frame(GOAWAY, 0, 0, payload);
}

export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header block of literal fields alone. */
export const block = (headers: Record<string, string>): Buffer =>
  Buffer.concat(Object.entries(headers).map(literal));

/** HPACK's literal field without indexing, in plain octets (RFC 7541, 6.2.2). */
function literal([name, value]: [string, string]): Buffer {
  return Buffer.concat([Buffer.from([0]), string(name), string(value)]);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([integer(bytes.length), bytes]);
}

/** An integer with a prefix of seven bits (RFC 7541, 5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const octets = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) + 128);
  return Buffer.from([...octets, rest]);
}
