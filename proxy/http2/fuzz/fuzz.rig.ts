import {once} from "node:events";
import {connect, createServer, type ServerHttp2Stream} from "node:http2";
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Socket,
} from "node:net";
import {Duplex} from "node:stream";
import {setImmediate as turn} from "node:timers/promises";
import {request} from "../client.ts";
import type {Connection} from "../connection.ts";
import {LIMITS} from "../limits.ts";
import {openConnection} from "../opening.ts";
import {end, write, writeHeaders} from "../sending.ts";
import {UNHEARD} from "../stream.ts";
import {HEAD_BYTES, PREFACE} from "../wire.ts";

/** For tests: what Node's client and server say to each other, changed at random and said to ours. */
export interface Recording {
  readonly client: Buffer;
  readonly server: Buffer;
}

/** A session with all kinds of frames in it, as it went over a socket. */
export async function record(): Promise<Recording> {
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => {});
    if (headers[":path"] === "/reset") return stream.close(2);
    stream.additionalHeaders({":status": 103});
    stream.respond({":status": 200, "x-path": headers[":path"]}, {waitForTrailers: true});
    stream.on("wantTrailers", () => stream.sendTrailers({"x-late": "1"}));
    stream.write("a piece");
    stream.end(Buffer.alloc(3000));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const said = {client: [] as Buffer[], server: [] as Buffer[]};
  const ends: Promise<unknown>[] = [];
  const tap = createTcpServer((socket) => {
    const host = connectTcp((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("data", (chunk: Buffer) => said.client.push(chunk)).pipe(host);
    host.on("data", (chunk: Buffer) => said.server.push(chunk)).pipe(socket);
    ends.push(once(socket, "end"));
  });
  tap.listen(0, "127.0.0.1");
  await once(tap, "listening");
  const session = connect(`http://127.0.0.1:${(tap.address() as AddressInfo).port}`);
  for (const path of ["/", "/long", "/reset", "/cancelled", "/"]) {
    const stream = session.request(
      {":path": path, ":method": "POST", "x-a": `b${path}`},
      {endStream: false},
    );
    stream.on("error", () => {});
    stream.end(Buffer.alloc(path === "/long" ? 20_000 : 20));
    if (path === "/cancelled") stream.close(8);
    stream.resume();
    await new Promise((resolve) => stream.on("close", resolve));
  }
  await new Promise<void>((resolve) => session.ping(() => resolve()));
  session.close();
  await once(session, "close");
  // What it said last may not have been read yet.
  await Promise.all(ends);
  tap.close();
  server.close();
  return {client: Buffer.concat(said.client), server: Buffer.concat(said.server)};
}

/** Numbers below `bound`, the same for a seed. */
export function createDice(seed: number): (bound: number) => number {
  let state = seed >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

export function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const end = at + HEAD_BYTES + bytes.readUIntBE(at, 3);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return frames;
}

/** The same frames, with up to three changes: of what they are, what is in them, which there are, and their order. */
export function mutate(frames: readonly Buffer[], roll: (bound: number) => number): Buffer[] {
  const mutant: Buffer[] = frames.map((frame) => Buffer.from(frame));
  for (let changes = 1 + roll(3); changes > 0; changes--) {
    const at = roll(mutant.length);
    const frame = mutant[at]!;
    const kind = roll(8);
    if (kind === 0) frame[3] = roll(20);
    else if (kind === 1) frame[4] = roll(256);
    else if (kind === 2) frame.writeUInt32BE(roll(16), 5);
    else if (kind === 3) mutant.splice(at, 1);
    else if (kind === 4) mutant.splice(at, 0, Buffer.from(frame));
    else if (kind === 5) mutant.splice(roll(mutant.length), 0, ...mutant.splice(at, 1));
    else if (kind === 6) mutant[at] = resized(frame, roll(40));
    else if (frame.length > HEAD_BYTES)
      frame[HEAD_BYTES + roll(frame.length - HEAD_BYTES)] = roll(256);
    if (mutant.length === 0) return [Buffer.from(frame)];
  }
  return mutant;
}

/** With another length, and as much in it. */
function resized(frame: Buffer, length: number): Buffer {
  const other = Buffer.alloc(HEAD_BYTES + length, 0x82);
  frame.copy(other, 0, 0, Math.min(frame.length, other.length));
  other.writeUIntBE(length, 0, 3);
  return other;
}

/** A socket to nobody: what is said on it is thrown away. */
class Nowhere extends Duplex {
  setNoDelay() {
    return this;
  }
  override _read() {}
  override _write(_chunk: Buffer, _coding: string, done: () => void) {
    done();
  }
}

/** Says frames to a connection of ours, in pieces of any size, and ends it. What is left of it. */
export async function say(
  role: "client" | "server",
  frames: readonly Buffer[],
  roll: (bound: number) => number,
): Promise<Connection> {
  const socket = new Nowhere();
  const connection = openConnection(socket as unknown as Socket, {
    isServer: role === "server",
    limits: LIMITS,
    settings: [],
    streamWindow: 1 << 20,
    window: 1 << 24,
    on: {
      request(stream) {
        stream.handler = {
          ...UNHEARD,
          ended() {
            writeHeaders(stream, {":status": 200});
            write(stream, Buffer.alloc(100));
            end(stream);
          },
        };
      },
      settled() {},
      leaving() {},
      closed() {},
    },
  });
  if (role === "client")
    for (let count = 0; count < 5; count++)
      request(connection, {":method": "POST", ":path": "/"}, Buffer.alloc(20), UNHEARD, undefined);
  const bytes = Buffer.concat(role === "server" ? [PREFACE, ...frames] : frames);
  for (let at = 0; at < bytes.length; ) {
    const piece = 1 + roll(4000);
    socket.push(Buffer.from(bytes.subarray(at, at + piece)));
    at += piece;
  }
  await turn();
  socket.destroy();
  await turn();
  return connection;
}
