import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as send,
} from "node:http";
import {Agent as SecureAgent, request as sendSecurely} from "node:https";
import type {LookupFunction, Socket} from "node:net";
import type {Fields} from "../http2/fields.ts";
import type {OutgoingFields} from "../http2/hpack/encoder.ts";
import {IDLE_CONNECTION_S} from "../policy.ts";
import type {Call, Sink, Transport} from "./transport.ts";

/** A stalled handshake must not hold a request. */
const CONNECT_TIMEOUT_MS = 3000;
/** Far over what one host of a model serves at once; requests beyond wait. */
const MAX_CONNECTIONS = 512;
/** The host may close a kept connection while a request is on its way; a new one is then tried. */
const MAX_TRIES = 3;

/**
 * Keeps HTTP/1.1 connections to one origin alive, for hosts that have no HTTP/2 (Ollama, llama.cpp,
 * vLLM). A cancel can be told to such a host only by closing its connection: that one, no other.
 */
export function createConnections({
  origin,
  idleMs = 1000 * IDLE_CONNECTION_S,
  lookup,
  unreached = () => {},
}: {
  origin: string;
  idleMs?: number;
  /** The system's, if undefined. */
  lookup?: LookupFunction | undefined;
  /** Called where a connection could not be had. */
  unreached?: (() => void) | undefined;
}): Transport {
  const isSecure = origin.startsWith("https:");
  // The timeout is of connections that nothing is on: a request's is nobody's concern here.
  const kept = {keepAlive: true, timeout: idleMs, scheduling: "lifo"} as const;
  const options = {...kept, maxSockets: MAX_CONNECTIONS, lookup};
  const agent = isSecure ? new SecureAgent(options) : new Agent(options);

  function request<Context>(
    headers: OutgoingFields,
    body: Buffer,
    sink: Sink<Context>,
    context: Context,
  ): Call {
    const {method, path, plain} = translate(headers);
    let sent: ClientRequest;
    let answer: IncomingMessage | undefined;
    let tries = 0;
    let isOpen = false;
    let settled = false;
    begin();

    function begin() {
      tries++;
      const options = {agent, method, path, headers: plain};
      sent = isSecure ? sendSecurely(origin, options) : send(origin, options);
      isOpen = false;
      sent.once("socket", onSocket);
      sent.once("response", onResponse);
      sent.once("error", onError);
      sent.end(body);
    }

    function onSocket(socket: Socket) {
      isOpen = !socket.connecting;
      if (isOpen) return;
      limitHandshake(socket);
      socket.once(isSecure ? "secureConnect" : "connect", () => {
        isOpen = true;
      });
    }

    function onResponse(response: IncomingMessage) {
      answer = response;
      if (settled) return;
      sink.answered(context, response.statusCode ?? 0, response.headers as Fields);
      response.on("data", (chunk: Buffer) => settled || sink.data(context, chunk));
      response.on("error", () => {});
      response.on("close", () =>
        settle(() => (response.complete ? sink.ended(context) : sink.failed(context, "reset"))),
      );
    }

    function onError(cause: Error) {
      if (answer || settled) return;
      if (sent.reusedSocket && tries < MAX_TRIES) return begin();
      if (!isOpen) unreached();
      settle(() => sink.failed(context, isOpen ? "reset" : "connect", cause));
    }

    function settle(tell: () => void) {
      if (settled) return;
      settled = true;
      tell();
    }

    return {
      cancel() {
        const tells = isOpen && !settled;
        settled = true;
        sent.destroy();
        return tells;
      },
      pause: () => answer?.pause(),
      resume: () => answer?.resume(),
    };
  }

  return {
    request,
    get connected() {
      return count(agent.sockets) + count(agent.freeSockets);
    },
    close() {
      agent.maxFreeSockets = 0;
      for (const sockets of Object.values(agent.freeSockets))
        for (const socket of sockets ?? []) socket.destroy();
    },
  };
}

function limitHandshake(socket: Socket) {
  const late = new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`);
  const timer = setTimeout(() => socket.destroy(late), CONNECT_TIMEOUT_MS);
  for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(timer));
}

/** `:authority` is what `Host` is in HTTP/1.1. */
function translate(headers: OutgoingFields) {
  const {":method": method, ":path": path, ":authority": host, ":scheme": _, ...rest} = headers;
  const said = Object.entries(rest).filter(([, value]) => value !== undefined);
  const plain = {host: String(host), ...Object.fromEntries(said)} as OutgoingHttpHeaders;
  return {method: String(method), path: String(path), plain};
}

function count(sockets: NodeJS.ReadOnlyDict<Socket[]>): number {
  return Object.values(sockets).reduce((sum, list) => sum + (list?.length ?? 0), 0);
}
