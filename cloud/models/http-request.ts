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

/** One request to a model host and what it is answered with, over HTTP/2 or HTTP/1.1. */
export interface HttpRequest {
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
 * Serves requests over TLS. Takes no more HTTP/2 streams and resets than real model hosts do: 100 streams
 * at a time, and nghttp2's own limit on resets.
 */
export async function serveRequests({
  listen,
  tls,
  serve,
}: {
  listen: Endpoint;
  tls: Tls;
  serve: (request: HttpRequest) => Promise<void>;
}): Promise<{port: number; close(): void}> {
  const sockets = new Set<Socket>();
  const server = createSecureServer({
    cert: tls.certificate,
    key: tls.key,
    allowHTTP1: true,
    settings: {maxConcurrentStreams: 100},
  });
  // An unforeseen error breaks off one response, not the host.
  const run = (request: HttpRequest) => void serve(request).catch(request.cut);
  server.on("request", (message, response) =>
    // These are HTTP/1.1's, whatever the types say.
    run(overHttp1(message as unknown as IncomingMessage, response as unknown as ServerResponse)),
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

function overHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): HttpRequest {
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
      // A body that nobody reads would keep the stream open.
      stream.resume();
    },
    cut: () => {
      ended = true;
      // Sends INTERNAL_ERROR; close() with a code would end the stream as if it were whole.
      stream.destroy(new Error("broken off"));
    },
  };
}

function overHttp1(message: IncomingMessage, response: ServerResponse): HttpRequest {
  const leaving = new AbortController();
  let ended = false;
  response.on("error", () => {});
  response.on("close", () => !ended && leaving.abort());
  return {
    method: message.method ?? "",
    path: message.url ?? "",
    headers: message.headers,
    left: leaving.signal,
    code: undefined,
    get hasBegun() {
      return response.headersSent;
    },
    read: (limit) => read(message, limit),
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
