import type {IncomingMessage, ServerResponse} from "node:http";
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type {AddressInfo, Socket} from "node:net";
import type {Readable} from "node:stream";
import type {Endpoint} from "../balancer.ts";

/** One request and its answer, by HTTP/2 or HTTP/1.1. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the client leaves before the answer's end. */
  readonly left: AbortSignal;
  /** The code that the client reset the stream with; undefined where it closed the connection. */
  readonly code: number | undefined;
  /** Whether an answer's status is on its way. */
  readonly hasBegun: boolean;
  /** The body; undefined when it is longer than `limit` bytes, or its sender left. */
  read(limit: number): Promise<string | undefined>;
  begin(status: number, headers: Readonly<Record<string, string>>): void;
  write(text: string): void;
  /** Ends the answer together with its last text. */
  end(text: string): void;
  /** Breaks the answer off, as a host that fails in its midst does. */
  cut(): void;
}

/** PEM. */
export interface Tls {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Serves exchanges by TLS. Of HTTP/2 it takes no more streams and resets than model hosts do: 100 at a
 * time, and nghttp2's own limit.
 */
export async function serveExchanges({
  listen,
  tls,
  serve,
}: {
  listen: Endpoint;
  tls: Tls;
  serve: (exchange: Exchange) => Promise<void>;
}): Promise<{port: number; close(): void}> {
  const sockets = new Set<Socket>();
  const server = createSecureServer({
    cert: tls.certificate,
    key: tls.key,
    allowHTTP1: true,
    settings: {maxConcurrentStreams: 100},
  });
  // What nobody foresaw breaks off one answer, not the host.
  const run = (exchange: Exchange) => void serve(exchange).catch(exchange.cut);
  server.on("request", (request, response) =>
    // Of HTTP/1.1, whatever the types say.
    run(overMessage(request as unknown as IncomingMessage, response as unknown as ServerResponse)),
  );
  // That listener has set up a second, slower handling of HTTP/2's streams.
  server.removeAllListeners("stream");
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) =>
    run(overStream(stream, headers)),
  );
  server.on("session", (session: ServerHttp2Session) =>
    session.on("error", () => session.destroy()),
  );
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function overStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Exchange {
  const leaving = new AbortController();
  let ended = false;
  const {session} = stream;
  stream.on("error", () => {});
  stream.on("close", () => !ended && leaving.abort());
  return {
    method: headers[":method"] ?? "",
    path: headers[":path"] ?? "",
    headers,
    left: leaving.signal,
    get code() {
      return session?.destroyed ? undefined : stream.rstCode;
    },
    get hasBegun() {
      return stream.headersSent;
    },
    read: (limit) => read(stream, limit),
    begin: (status, headers) => {
      if (!stream.destroyed) stream.respond({":status": status, ...headers});
    },
    write: (text) => void stream.write(text),
    end: (text) => {
      ended = true;
      stream.end(text);
      // A body that nobody read would keep the stream open.
      stream.resume();
    },
    cut: () => {
      ended = true;
      // Sent as INTERNAL_ERROR; close() with a code would end the stream as if it were whole.
      stream.destroy(new Error("broken off"));
    },
  };
}

function overMessage(request: IncomingMessage, response: ServerResponse): Exchange {
  const leaving = new AbortController();
  let ended = false;
  response.on("error", () => {});
  response.on("close", () => !ended && leaving.abort());
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: request.headers,
    left: leaving.signal,
    code: undefined,
    get hasBegun() {
      return response.headersSent;
    },
    read: (limit) => read(request, limit),
    begin: (status, headers) => void response.writeHead(status, headers),
    write: (text) => void response.write(text),
    end: (text) => {
      ended = true;
      response.end(text);
    },
    cut: () => {
      ended = true;
      response.destroy();
    },
  };
}

function read(source: Readable, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    source.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else resolve(undefined);
    });
    source.on("end", () => resolve(Buffer.concat(chunks).toString()));
    source.on("error", () => resolve(undefined));
    source.on("close", () => resolve(undefined));
  });
}
