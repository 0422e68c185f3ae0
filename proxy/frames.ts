/** For tests and drills: HTTP/2 frames written by hand (RFC 9113), to send what no well-behaved client sends. */

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const END_STREAM = 0x1;
const END_HEADERS = 0x4;

/** What opens a connection. */
export function preface(): Buffer {
  return Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0, Buffer.alloc(0))]);
}

/** A whole request on stream `id`. */
export function request(id: number, headers: Record<string, string>, body: string): Buffer {
  const block = Buffer.concat(Object.entries(headers).map(literal));
  return Buffer.concat([
    frame(HEADERS, END_HEADERS, id, block),
    frame(DATA, END_STREAM, id, Buffer.from(body)),
  ]);
}

export function reset(id: number, code: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(RST_STREAM, 0, id, payload);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

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
