import {randomUUID} from "node:crypto";
import type {Admission} from "./admit/admission.ts";
import {checkClient, clientOf} from "./admit/client.ts";
import {checkCoding} from "./admit/coding.ts";
import {CHATS_PATH, type Kind, kindOf, NEXT_EDITS_PATH, URGENCY} from "./admit/kind.ts";
import {modelEntry, modelList, modelNamed} from "./admit/models.ts";
import type {Claims} from "./admit/token.ts";
import type {Address} from "./config.ts";
import type {Dialect} from "./dialects/dialect.ts";
import {dialectAt} from "./dialects/dialects.ts";
import {idHeaders, ProxyError} from "./errors.ts";
import type {Stream} from "./http2/connection.ts";
import type {Fields} from "./http2/fields.ts";
import {hold} from "./http2/holding.ts";
import type {OutgoingFields} from "./http2/hpack/encoder.ts";
import {LIMITS} from "./http2/limits.ts";
import {end, writeHeaders} from "./http2/sending.ts";
import {listenHttp2} from "./http2/server.ts";
import {isClosed} from "./http2/stream.ts";
import type {Metrics} from "./observe/metrics.ts";
import {isChatting, type Policy} from "./policy.ts";
import {answerError} from "./relay/error-answer.ts";
import {codingOf, mediaTypeOf, traceparentOf} from "./relay/headers.ts";
import type {Relay} from "./relay/relay.ts";
import type {Api} from "./upstream/upstream.ts";

export interface Server {
  readonly address: Address;
  /** Its vote: out while it drains. */
  readonly healthy: boolean;
  /**
   * Votes itself out, waits for the edge to see it, says GOAWAY, lets streams finish. Resolves when
   * no session is left, or after the limit.
   */
  drain(options: {waitMs: number; limitMs: number}): Promise<void>;
}

/** In bytes: what a request may send before it is read, and all of them together. */
const STREAM_WINDOW = 1 << 20;
const WINDOW = 1 << 30;
/**
 * The edge is the only peer: it fans every client in, and passes every cancel on. What one client makes of its requests
 * must not end the connection that all share.
 */
const EDGE_LIMITS = {...LIMITS, resets: {burst: Number.POSITIVE_INFINITY, perSecond: 0}};
/** Between GOAWAY and the end, for requests already on their way. */
const GOAWAY_GRACE_MS = 100;

/** Serves completions, `/_ping` and the vote by cleartext HTTP/2. Resolves once it listens. */
export async function serve({
  listen,
  policy,
  relay,
  admission,
  healthy,
  metrics,
}: {
  listen: Address;
  policy: () => Policy;
  relay: Relay;
  admission: Admission;
  healthy: () => boolean;
  metrics: Metrics;
}): Promise<Server> {
  let draining = false;
  const server = await listenHttp2({
    ...listen,
    limits: EDGE_LIMITS,
    streamWindow: STREAM_WINDOW,
    window: WINDOW,
    request: onStream,
    ended: (cause) => metrics.connectionEnded("edge", cause),
  });

  const isIn = () => healthy() && !draining;

  function onStream(stream: Stream, headers: Fields) {
    const id = requestId(headers);
    try {
      dispatch(stream, headers, id);
    } catch (error) {
      refuse(stream, headers, id, error);
    }
  }

  function dispatch(stream: Stream, headers: Fields, id: string) {
    const path = plainPath(headers[":path"] ?? "");
    const target = targetOf(path, headers);
    const page = target ? undefined : pageAt(path);
    if (!page && !target) throw new ProxyError("PATH_UNKNOWN");
    const allow = page ? ["GET", "HEAD", "OPTIONS"] : ["POST", "OPTIONS"];
    const method = headers[":method"] ?? "";
    if (!allow.includes(method))
      throw new ProxyError("METHOD_WRONG", {headers: {allow: allow.join(", ")}});
    if (method === "OPTIONS") return say(stream, id, 204, {allow: allow.join(", ")});
    if (page) return page(stream, headers, id);
    if (target) complete(stream, headers, id, target);
  }

  function pageAt(path: string): Page | undefined {
    if (path === "/healthz") return (stream, _, id) => say(stream, id, isIn() ? 200 : 500);
    if (path === "/_ping") return (stream, _, id) => say(stream, id, 200);
    const models = MODELS_PATH.exec(path);
    if (!models) return undefined;
    return (stream, headers, id) =>
      admit(stream, headers, id, (claims) => sayModels(stream, id, claims, models[1]));
  }

  function complete(stream: Stream, headers: Fields, id: string, target: Target) {
    if (mediaTypeOf(headers) !== "application/json") throw new ProxyError("BODY_NOT_JSON");
    const coding = codingOf(headers);
    checkCoding(coding);
    // Whoever asks does not decide it: the answers of all users share this connection.
    stream.urgency = URGENCY[target.kind];
    const client = clientOf(headers);
    checkClient(client, policy().clients);
    const ask = {...target, id, client, coding, traceparent: traceparentOf(headers)};
    admit(stream, headers, id, (claims) => relay.begin(stream, {...ask, claims}));
  }

  /** The first request with a token or a key: its signature is checked off the event loop, the key traded. */
  function admit(stream: Stream, headers: Fields, id: string, begin: (claims: Claims) => void) {
    const claims = admission(headers);
    if (!(claims instanceof Promise)) return begin(claims);
    const release = hold(stream);
    claims
      .then((claims) => {
        if (!isClosed(stream)) begin(claims);
      })
      .catch((error) => refuse(stream, headers, id, error))
      .finally(release);
  }

  /** Those that the token covers and the region serves, or the one that is named. */
  function sayModels(stream: Stream, id: string, {models}: Claims, name?: string) {
    const served = models.filter((model) => Object.hasOwn(policy().models, model));
    const chatting = served.filter((model) => isChatting(policy().models[model]?.api));
    const one = name === undefined ? undefined : modelNamed(policy(), decoded(name));
    if (name !== undefined && !served.includes(one ?? "")) throw new ProxyError("MODEL_UNKNOWN");
    const body = JSON.stringify(one === undefined ? modelList(served, chatting) : modelEntry(one));
    writeHeaders(stream, {":status": 200, "content-type": "application/json", ...idHeaders(id)});
    end(stream, Buffer.from(body));
  }

  function refuse(stream: Stream, headers: Fields, id: string, cause: unknown) {
    const error = cause instanceof ProxyError ? cause : new ProxyError("INTERNAL", {cause});
    metrics.refused(error.code.toLowerCase());
    if (error.code === "INTERNAL") metrics.fault(error.cause);
    answerError(stream, id, error, dialectAt(plainPath(headers[":path"] ?? "")));
  }

  async function drain({waitMs, limitMs}: {waitMs: number; limitMs: number}) {
    draining = true;
    await sleep(waitMs);
    server.announceClose();
    await sleep(GOAWAY_GRACE_MS);
    await Promise.race([server.close(), sleep(limitMs)]);
    server.destroy();
  }

  return {
    address: server.address,
    get healthy() {
      return isIn();
    },
    drain,
  };
}

type Page = (stream: Stream, headers: Fields, id: string) => void;

function say(stream: Stream, id: string, status: number, headers: OutgoingFields = {}) {
  writeHeaders(stream, {":status": status, ...headers, ...idHeaders(id)}, {ends: true});
}

const MODELS_PATH = /^(?:\/v1)?\/models(?:\/([^/]+))?$/;
const ENGINE_PATH = /^\/v1\/engines\/([^/]+)\/completions$/;

interface Target {
  readonly api: Api;
  readonly dialect: Dialect | undefined;
  readonly model: string | undefined;
  readonly kind: Kind;
  readonly leastEffort: boolean;
}

function targetOf(path: string, headers: Fields): Target | undefined {
  const dialect = dialectAt(path);
  const engine = ENGINE_PATH.exec(path)?.[1];
  const isChat = path === NEXT_EDITS_PATH || path === CHATS_PATH;
  if (!dialect && !isChat && engine === undefined && path !== "/v1/completions") return undefined;
  return {
    api: isChat ? "chat/completions" : "completions",
    dialect,
    model: engine === undefined ? undefined : decoded(engine),
    kind: kindOf(path, headers),
    // Thinking costs seconds, and of who edits on the same path nobody has them.
    leastEffort: path === NEXT_EDITS_PATH,
  };
}

/** Without its query, doubled slashes and a slash at the end: base addresses are put together by hand. */
function plainPath(path: string): string {
  const query = path.indexOf("?");
  const plain = query < 0 ? path : path.slice(0, query);
  const single = plain.includes("//") ? plain.replace(/\/{2,}/g, "/") : plain;
  return single.length > 1 && single.endsWith("/") ? single.slice(0, -1) : single;
}

/** A segment of a path; as it stands where it is not well coded. */
function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The client's own id where it is fit to be logged and sent on, else a new one. */
function requestId(headers: Fields): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
