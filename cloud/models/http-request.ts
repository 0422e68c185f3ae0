import {
  createServer as createPlainServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import {createServer} from "node:https";
import type {AddressInfo, Socket} from "node:net";
import type {Readable, Writable} from "node:stream";
import type {Endpoint} from "../balancer.ts";

/** One request to a model host and what it is answered with, over HTTP/2 or HTTP/1.1. */
export interface HttpRequest {
  readonly protocol: "HTTP/2" | "HTTP/1.1";
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the client leaves before the response has ended. */
  readonly left: AbortSignal;
  /** The code that the client reset the stream with; undefined where it closed the connection. */
  readonly code: number | undefined;
  /** Whether the response's status has been sent. */
  readonly hasBegun: boolean;
  /** Reads the body; undefined when it is longer than `limit` bytes, or the client left. */
  read(limit: number): Promise<string | undefined>;
  begin(status: number, headers: Readonly<Record<string, string>>): void;
  write(text: string): void;
  /** Sends the last text and the end of the response together. */
  end(text: string): void;
  /** Breaks the response off, as a host does that fails in the middle of one. */
  cut(): void;
}

/** Certificate and key in PEM. */
export interface Tls {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Serves requests over TLS, or without where no certificate is given. Takes no more HTTP/2 streams and resets than real model hosts do: 100 streams
 * at a time, and nghttp2's own limit on resets.
 */
export async function serveRequests({
  listen,
  tls,
  http2,
  keepAliveMs,
  serve,
}: {
  listen: Endpoint;
  tls: Tls | undefined;
  /** Whether it speaks HTTP/2 beside HTTP/1.1. */
  http2: boolean;
  /** How long HTTP/1.1 keeps a connection without a request; as Node does if not given. */
  keepAliveMs?: number;
  serve: (request: HttpRequest) => Promise<void>;
}): Promise<{port: number; close(): void}> {
  const sockets = new Set<Socket>();
  const server = serverOf(tls, http2);
  if (keepAliveMs !== undefined && "keepAliveTimeout" in server)
    server.keepAliveTimeout = keepAliveMs;
  // An unforeseen error breaks off one response, not the host.
  const run = (request: HttpRequest) => void serve(request).catch(request.cut);
  server.on("request", (message: unknown, response: unknown) =>
    // These are HTTP/1.1's, whatever the types say.
    run(overHttp1(message as IncomingMessage, response as ServerResponse)),
  );
  // The "request" listener made Node handle HTTP/2 streams a second time, and more slowly.
  server.removeAllListeners("stream");
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) =>
    run(overHttp2(stream, headers)),
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

function serverOf(tls: Tls | undefined, http2: boolean) {
  if (!tls) return createPlainServer();
  const pem = {cert: tls.certificate, key: tls.key};
  return http2
    ? createSecureServer({...pem, allowHTTP1: true, settings: {maxConcurrentStreams: 100}})
    : createServer(pem);
}

function overHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): HttpRequest {
  const {session} = stream;
  return {
    ...bodiesOf(stream, stream),
    protocol: "HTTP/2",
    method: headers[":method"] ?? "",
    path: headers[":path"] ?? "",
    headers,
    get code() {
      return session?.destroyed ? undefined : stream.rstCode;
    },
    get hasBegun() {
      return stream.headersSent;
    },
    begin: (status, headers) => {
      if (!stream.destroyed) stream.respond({":status": status, ...headers});
    },
  };
}

function overHttp1(message: IncomingMessage, response: ServerResponse): HttpRequest {
  return {
    ...bodiesOf(message, response),
    protocol: "HTTP/1.1",
    method: message.method ?? "",
    path: message.url ?? "",
    headers: message.headers,
    code: undefined,
    get hasBegun() {
      return response.headersSent;
    },
    begin: (status, headers) => void response.writeHead(status, headers),
  };
}

/** What is the same over both: a body is read from `source`, and the response is written to `target`. */
function bodiesOf(source: Readable, target: Writable) {
  const leaving = new AbortController();
  let ended = false;
  target.on("error", () => {});
  target.on("close", () => !ended && leaving.abort());
  return {
    left: leaving.signal,
    read: (limit: number) => read(source, limit),
    write: (text: string) => void target.write(text),
    end: (text: string) => {
      ended = true;
      target.end(text);
      // A body that nobody reads would keep a stream open.
      source.resume();
    },
    cut: () => {
      ended = true;
      // Over HTTP/2 it sends INTERNAL_ERROR; close() with a code would end the stream as if it were whole.
      target.destroy(new Error("broken off"));
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
