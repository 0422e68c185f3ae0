import {randomUUID} from "node:crypto";
import {createServer, type IncomingMessage, type ServerResponse} from "node:http";
import type {AddressInfo, Socket} from "node:net";
import type {JSONWebKeySet} from "jose";
import type {Logger} from "pino";
import type {Address} from "../config.ts";
import {idHeaders} from "../errors.ts";
import type {Issuing} from "./config.ts";
import type {Exchange} from "./exchange.ts";
import {loginOf} from "./keys/login.ts";
import type {PersonalKeys} from "./keys/personal-keys.ts";
import {mint} from "./mint.ts";
import {asRefusal, Refusal, refusalBody} from "./refusal.ts";
import type {SigningKey} from "./signing.ts";

export interface IssuerServer {
  readonly address: Address;
  /** Takes no more connections, answers what is under way, and resolves when none is left. */
  close(): Promise<void>;
}

/** An editor's request has no body and headers of some 2 KB; its credential may be a token of 8 KB. */
const LIMITS = {
  maxHeaderSize: 16 << 10,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  // Over the hour that the edge keeps an idle connection for: it closes them, not we under its request.
  keepAliveTimeout: 3_660_000,
};
/** About 60 MB of sockets. The edge opens one for each request under way. */
const MAX_CONNECTIONS = 4096;
/** Longer than any question to an identity provider. */
const CLOSE_WITHIN_MS = 12_000;

const KEYS = "/copilot_internal/v2/keys";

/** Serves tokens, personal keys and the public keys by HTTP/1.1. Resolves once it listens. */
export async function serveIssuer({
  listen,
  issuing,
  exchange,
  keys,
  signingKey,
  keySet,
  log,
}: {
  listen: Address;
  issuing: Issuing;
  exchange: Exchange;
  /** Undefined where the service makes no personal keys. */
  keys?: PersonalKeys | undefined;
  signingKey: () => SigningKey;
  keySet: () => JSONWebKeySet;
  log: Logger;
}): Promise<IssuerServer> {
  let closing = false;
  const server = createServer(LIMITS, async (request, response) => {
    const id = randomUUID();
    try {
      send(response, id, {status: 200, body: await answer(request, id)});
    } catch (cause) {
      const refusal = asRefusal(cause);
      if (refusal.status >= 500) log.error({id, err: refusal.cause}, "no token given");
      send(response, id, answerOf(refusal));
    }
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on("clientError", refuseBroken);

  async function answer(request: IncomingMessage, id: string): Promise<unknown> {
    const path = request.url?.split("?", 1)[0] ?? "";
    const resource = resources.get(path);
    if (!resource) throw new Refusal("PATH_UNKNOWN");
    const action = resource[request.method ?? ""];
    if (!action) throw new Refusal("METHOD_WRONG");
    return action(request, id);
  }

  const resources = new Map<string, Resource>([
    ["/copilot_internal/v2/token", {GET: giveToken}],
    ["/jwks", {GET: keySet}],
    ["/livez", {GET: () => ({})}],
  ]);
  if (keys) {
    resources.set(KEYS, {
      POST: (request, id) => makeKey(keys, request, id),
      DELETE: (request, id) => endKey(keys, request, id),
    });
    resources.set(`${KEYS}/login`, {GET: () => loginOf(issuing)});
  }

  async function giveToken(request: IncomingMessage, id: string) {
    const user = await exchange(credential(request));
    const ticket = await mint(signingKey(), issuing, {user, id});
    log.info({id, user: user.id, key: user.key}, "token given");
    return ticket;
  }

  async function makeKey(keys: PersonalKeys, request: IncomingMessage, id: string) {
    const made = await keys.make(credential(request), id);
    log.info({id, user: made.user}, "personal key made");
    return made;
  }

  async function endKey(keys: PersonalKeys, request: IncomingMessage, id: string) {
    const ended = await keys.end(credential(request));
    log.info({id, user: ended.user, key: ended.id}, "personal key ended");
    return ended;
  }

  function send(response: ServerResponse, id: string, {status, headers, body}: Answer) {
    const connection = closing ? {connection: "close"} : {};
    response
      .writeHead(status, {...fixedHeaders, ...idHeaders(id), ...headers, ...connection})
      .end(JSON.stringify(body));
  }

  async function close() {
    closing = true;
    const limit = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
    await new Promise((resolve) => server.close(resolve));
    clearTimeout(limit);
  }

  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  const {address, port} = server.address() as AddressInfo;
  return {address: {host: address, port}, close};
}

type Action = (request: IncomingMessage, id: string) => unknown;

/** What is done at a path, by method. */
type Resource = Readonly<Record<string, Action | undefined>>;

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const fixedHeaders = {"content-type": "application/json", "cache-control": "no-store"};

function answerOf(refusal: Refusal): Answer {
  const {status, retryAfterS} = refusal;
  const body = refusalBody(refusal);
  if (retryAfterS === undefined) return {status, body};
  return {status, headers: {"retry-after": `${retryAfterS}`}, body};
}

/** What no request could be made of; Node would answer it without an id and without JSON. */
function refuseBroken({code}: NodeJS.ErrnoException, socket: Socket) {
  if (!socket.writable || code === "ECONNRESET") return void socket.destroy();
  const {status, body} = answerOf(new Refusal(brokenBy.get(code ?? "") ?? "REQUEST_INVALID"));
  const text = JSON.stringify(body);
  const headers = {
    ...fixedHeaders,
    ...idHeaders(randomUUID()),
    "content-length": Buffer.byteLength(text),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join("")}\r\n${text}`);
}

const brokenBy = new Map([
  ["HPE_HEADER_OVERFLOW", "HEADERS_LARGE"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "REQUEST_SLOW"],
] as const) as ReadonlyMap<string, "HEADERS_LARGE" | "REQUEST_SLOW">;

function credential({headers}: IncomingMessage): string {
  const found = /^(?:Bearer|token) +([\x21-\x7e]+)$/i.exec(headers.authorization ?? "")?.[1];
  if (!found) throw new Refusal("CREDENTIAL_MISSING");
  return found;
}
