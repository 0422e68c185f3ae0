import {connect, type Socket} from "node:net";
import {frame as frameOf} from "../frames.ts";
import {dialHttp2, request} from "./client.ts";
import type {Connection, Stream, StreamHandler} from "./connection.ts";
import type {Fields} from "./fields.ts";
import type {OutgoingFields} from "./hpack/encoder.ts";
import {LIMITS, type Limits} from "./limits.ts";
import {listenHttp2} from "./server.ts";
import {UNHEARD} from "./stream.ts";

/** For tests: a server and a client of ours on loopback. */
interface Cleanup {
  after(run: () => void | Promise<void>): void;
}

/** All that came in a header section, by name. */
export type CameFields = Readonly<Record<string, string | undefined>>;

/** A request as it came, whole. */
export interface Came {
  readonly stream: Stream;
  readonly fields: CameFields;
  readonly body: Buffer;
}

interface ServerOptions {
  readonly limits?: Partial<Limits>;
  readonly streamWindow?: number;
  /** Hears of each request as soon as its headers are there. */
  readonly begun?: (stream: Stream, fields: Fields) => void;
  /** Hears of each stream that is over. */
  readonly closed?: (stream: Stream) => void;
  /** Hears why a connection ended. */
  readonly ended?: (cause: unknown) => void;
}

/** Calls `answer` with each request that is whole. */
export async function startServer(
  t: Cleanup,
  answer: (came: Came) => void,
  {
    limits = {},
    streamWindow = 1 << 20,
    begun = () => {},
    closed = () => {},
    ended = () => {},
  }: ServerOptions = {},
): Promise<number> {
  const server = await listenHttp2({
    host: "127.0.0.1",
    port: 0,
    limits: {...LIMITS, ...limits},
    streamWindow,
    window: 1 << 30,
    ended,
    request(stream, fields) {
      const chunks: Buffer[] = [];
      stream.handler = {
        ...UNHEARD,
        data: (_, chunk) => void chunks.push(chunk),
        ended: () => answer({stream, fields: allOf(fields), body: Buffer.concat(chunks)}),
        closed,
      };
      begun(stream, fields);
    },
  });
  t.after(() => {
    void server.close();
    server.destroy();
  });
  return server.address.port;
}

/** With those that the proxy does not read; of one that came twice, the last. */
function allOf({others = [], ...known}: Fields): CameFields {
  const said = Object.entries(known).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...said, ...others.map(({name, value}) => [name.text, value])]);
}

/** An answer as it came; `code` is what its stream was reset with. */
export interface Answer {
  readonly status: string | undefined;
  readonly fields: CameFields;
  readonly body: Buffer;
  readonly isWhole: boolean;
  readonly code: number;
}

export interface Client {
  readonly connection: Connection;
  /** Whether the peer has said that it takes no new streams. */
  readonly isLeft: () => boolean;
  ask(fields: OutgoingFields, body?: Buffer): Promise<Answer>;
}

/** Resolves once it is connected. */
export async function connectClient(
  t: Cleanup,
  port: number,
  {origin = `http://127.0.0.1:${port}`, streamWindow = 64 << 10} = {},
): Promise<Client> {
  let isLeft = false;
  const leaving = () => {
    isLeft = true;
  };
  const connection = await new Promise<Connection>((resolve, reject) => {
    const socket = dialHttp2(
      {origin, streamWindow, window: 64 << 20},
      {connected: resolve, settled() {}, leaving, closed: reject},
    );
    t.after(() => void socket.destroy());
  });
  return {
    connection,
    isLeft: () => isLeft,
    ask: (fields, body = Buffer.alloc(0)) =>
      new Promise((resolve) => request(connection, fields, body, gatherer(resolve), undefined)),
  };
}

function gatherer(resolve: (answer: Answer) => void): StreamHandler {
  let fields: CameFields = {};
  let isWhole = false;
  const chunks: Buffer[] = [];
  return {
    ...UNHEARD,
    answered: (_, came) => {
      fields = allOf(came);
    },
    data: (_, chunk) => void chunks.push(chunk),
    ended: () => {
      isWhole = true;
    },
    closed: ({code}) =>
      resolve({status: fields[":status"], fields, body: Buffer.concat(chunks), isWhole, code}),
  };
}

/** A frame by hand; its payload in hexadecimal digits, if it is a text. */
export const frame = (
  type: number,
  flags: number,
  streamId: number,
  payload: Buffer | string = "",
) =>
  frameOf(
    type,
    flags,
    streamId,
    typeof payload === "string" ? Buffer.from(payload, "hex") : payload,
  );

/** What a peer said, frame by frame. */
export interface Said {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** A peer that says what no well-behaved one does. */
export interface Raw {
  readonly socket: Socket;
  readonly said: readonly Said[];
  /** Resolves once the other side has closed. */
  readonly closed: Promise<void>;
}

export function connectRaw(t: Cleanup, port: number): Raw {
  const socket = connect(port, "127.0.0.1");
  const said: Said[] = [];
  let held = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
      const end = 9 + held.readUIntBE(0, 3);
      said.push({
        type: held[3]!,
        flags: held[4]!,
        streamId: held.readUInt32BE(5),
        payload: held.subarray(9, end),
      });
      held = held.subarray(end);
    }
  });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  t.after(() => void socket.destroy());
  return {socket, said, closed};
}
