import type {TestContext} from "node:test";
import type {Stream} from "../../proxy/http2/connection.ts";
import type {Fields} from "../../proxy/http2/fields.ts";
import {type Came, startServer} from "../../proxy/http2/http2.rig.ts";
import {closeConnection} from "../../proxy/http2/leaving.ts";
import {end, reset, write, writeHeaders} from "../../proxy/http2/sending.ts";
import {INTERNAL_ERROR, NO_ERROR} from "../../proxy/http2/wire.ts";

/** For tours: what every peer is asked for, answered by a server of ours. */
export interface Service {
  readonly port: number;
  readonly origin: string;
  /** The codes that `/endless` was reset with. */
  readonly resets: readonly number[];
  /** What `/endless` has begun, until it is over. */
  readonly endless: ReadonlySet<Stream>;
}

const ENDLESS = "endless";

export async function startService(t: TestContext): Promise<Service> {
  const resets: number[] = [];
  const endless = new Set<Stream>();
  const answer = (came: Came) => {
    const [, route = "", argument = ""] = came.fields[":path"]!.split(/[/?]/);
    if (route === ENDLESS) endless.add(came.stream);
    const respond = ROUTES[route];
    if (respond) respond(came, argument);
    else if (came.stream.sends) writeHeaders(came.stream, {":status": 404}, {ends: true});
  };
  const port = await startServer(t, answer, {
    begun: refuse,
    closed(stream) {
      if (endless.delete(stream) && stream.code !== NO_ERROR) resets.push(stream.code);
    },
  });
  return {port, origin: `http://127.0.0.1:${port}`, resets, endless};
}

const REFUSE = "/refuse";

/** What is too much is said before all of it has come. */
function refuse(stream: Stream, fields: Fields) {
  if (fields[":path"] !== REFUSE) return;
  writeHeaders(stream, {":status": 413});
  end(stream, Buffer.from("too much"));
}

/** By the first part of the path, with its second. */
const ROUTES: Readonly<Record<string, (came: Came, argument: string) => void>> = {
  /** The content that came, and the headers that begin with `x-`. */
  echo({stream, fields, body}) {
    const own = Object.entries(fields).filter(([name]) => name.startsWith("x-"));
    writeHeaders(stream, {":status": 200, ...Object.fromEntries(own)});
    for (let at = 0; at < body.length; at += PIECE) write(stream, body.subarray(at, at + PIECE));
    end(stream);
  },
  /** So many bytes. */
  of({stream}, bytes) {
    writeHeaders(stream, {":status": 200, "content-length": bytes});
    end(stream, Buffer.alloc(Number(bytes), "m"));
  },
  /** An answer that is reset in its middle; it may have announced a length. */
  cut({stream}, bytes) {
    writeHeaders(stream, {":status": 200, ...(bytes && {"content-length": bytes})});
    write(stream, Buffer.alloc(1000, "m"));
    setTimeout(() => reset(stream, INTERNAL_ERROR), 50);
  },
  /** One that the peer is to cancel. */
  [ENDLESS]({stream}) {
    writeHeaders(stream, {":status": 200});
    write(stream, Buffer.alloc(1000, "m"));
  },
  /** The last one of its connection. */
  leave({stream}) {
    closeConnection(stream.connection);
    writeHeaders(stream, {":status": 200});
    end(stream, Buffer.from("left"));
  },
};
const PIECE = 10_000;
