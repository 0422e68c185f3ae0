import type {IncomingHttpHeaders, ServerHttp2Stream} from "node:http2";
import type {Client} from "../admit/client.ts";
import type {Claims} from "../admit/token.ts";
import type {Deployment} from "../policy.ts";
import {type Body, bodyOf} from "../rewrite/body.ts";
import type {Call} from "../upstream/transport.ts";
import type {Api} from "../upstream/upstream.ts";
import type {Events} from "./events.ts";
import type {Copy} from "./mirror.ts";
import type {Outcome, Phase} from "./outcome.ts";

/** What was asked, once the token has been checked. */
export interface Ask {
  readonly id: string;
  readonly api: Api;
  /** From the path; where the path has none, the body names it. */
  readonly model: string | undefined;
  readonly claims: Claims;
  readonly client: Client;
  readonly traceparent: string | undefined;
  /** How the body is coded; empty where it is not. */
  readonly coding: string;
}

/** One request's life. Handlers are shared; this is what they tell requests apart by. */
export interface Exchange extends Ask {
  /** Among those under way. */
  place: number;
  readonly stream: ClientStream;
  chunks: Buffer[];
  /** Of the body, as it came. */
  size: number;
  /** Bytes of it that count for its user. */
  held: number;
  phase: Phase;
  /** When the last byte of the request was here: what the model takes is counted from then. */
  arrivedMs: number;
  deadlineMs: number;
  asked: string;
  /** Of its experiment; empty where it is in none. */
  arm: string;
  copy: Copy | undefined;
  body: Body;
  /** The answer was asked for in pieces. */
  streamed: boolean;
  /** Deployments not tried yet, best first. */
  left: Deployment[];
  /** Attempts that failed. */
  failures: number;
  /** A host failed in a way that no request brings about. */
  blameless: boolean;
  /** Other regions serve it, for the region's own model hosts have failed. */
  lost: boolean;
  /** The model that serves takes chats alone. */
  chats: boolean;
  deployment: Deployment | undefined;
  call: Call | undefined;
  /** Each side of it may be open without the other. */
  clientOpen: boolean;
  hostOpen: boolean;
  /** The answer's head, kept until its first byte: until then another deployment may still answer. */
  head: IncomingHttpHeaders | undefined;
  status: number;
  /** How to read an answer in pieces; undefined for one that is whole. */
  events: Events | undefined;
  received: number;
  /** How often something was received: a host sends a token at a time. */
  frames: number;
  firstByteMs: number;
  /** Every deployment so far said 429; the shortest wait that one named, in seconds. */
  busy: boolean;
  retryAfterS: number;
}

/** Until it is closed: Node may keep it for longer, but not with all that was asked. */
export type ClientStream = ServerHttp2Stream & {exchange?: Exchange | undefined};

export const NO_BODY = bodyOf({});

export function createExchange(stream: ClientStream, ask: Ask, nowMs: number): Exchange {
  return {
    ...ask,
    place: 0,
    stream,
    chunks: [],
    size: 0,
    held: 0,
    phase: "body",
    arrivedMs: nowMs,
    deadlineMs: Number.POSITIVE_INFINITY,
    asked: "",
    arm: "",
    copy: undefined,
    body: NO_BODY,
    streamed: false,
    left: [],
    failures: 0,
    blameless: false,
    lost: false,
    chats: false,
    deployment: undefined,
    call: undefined,
    clientOpen: true,
    hostOpen: false,
    head: undefined,
    status: 0,
    events: undefined,
    received: 0,
    frames: 0,
    firstByteMs: 0,
    busy: true,
    retryAfterS: Number.POSITIVE_INFINITY,
  };
}

/** What the log says of a request: never a prompt, a completion or a credential. */
export function lineOf(exchange: Exchange, outcome: Outcome, code: string | undefined) {
  const {id, claims, api, asked, arm, deployment, firstByteMs} = exchange;
  return {
    id,
    user: claims.user,
    api,
    model: asked,
    arm: arm || undefined,
    upstream: deployment?.upstream,
    deployment: deployment?.name,
    outcome,
    code,
    firstByteMs: Math.round(firstByteMs),
  };
}
