import type {Client} from "../admit/client.ts";
import type {Kind} from "../admit/kind.ts";
import type {Claims} from "../admit/token.ts";
import type {UserLimits} from "../admit/user-limits.ts";
import type {Dialect} from "../dialects/dialect.ts";
import type {SourceFile} from "../dialects/files.ts";
import type {Speech} from "../dialects/speech.ts";
import type {Stream} from "../http2/connection.ts";
import type {Fields} from "../http2/fields.ts";
import type {Asking, Deployment, Objective} from "../policy.ts";
import {type Body, bodyOf} from "../rewrite/body.ts";
import type {Call} from "../upstream/transport.ts";
import type {Api, HostApi} from "../upstream/upstream.ts";
import type {Events} from "./events.ts";
import type {Hedge} from "./hedge/hedge.ts";
import type {Lane} from "./hedge/lanes.ts";
import type {Copy} from "./mirror.ts";
import type {Outcome, Phase} from "./outcome.ts";
import {type Leg, NO_LEGS} from "./overflow/legs.ts";
import type {Refusal} from "./refusal.ts";

/** What was asked, once the token has been checked. */
export interface Ask {
  readonly id: string;
  readonly api: Api;
  readonly kind: Kind;
  /** The client's; undefined where it asks as OpenAI's clients do. */
  readonly dialect: Dialect | undefined;
  /** From the path; where the path has none, the body names it. */
  readonly model: string | undefined;
  readonly claims: Claims;
  readonly client: Client;
  readonly traceparent: string | undefined;
  /** Whether a model that thinks is to think least, where the client does not say how much. */
  readonly leastEffort: boolean;
  /** The body's content coding; empty where it has none. */
  readonly coding: string;
}

/** One request on its way through the proxy. All requests share their handlers, which are given this. */
export interface RelayedRequest extends Omit<Ask, "api"> {
  /** What the host is asked for, unless the model wants it otherwise. */
  api: HostApi;
  /** Its index among the requests in flight. */
  place: number;
  readonly stream: Stream;
  phase: Phase;
  /** When its last byte arrived: a model's time is counted from then. */
  arrivedMs: number;
  deadlineMs: number;
  /** The model that is asked for, by the policy's name for it; empty while it is not known. */
  asked: string;
  /** The model that serves it, an experiment's or a successor it may be, and what that is held to. */
  served: string;
  objective: Objective;
  /** `experiment/arm`; empty where it is in no experiment. */
  arm: string;
  /** Whether the answer is to come in pieces. */
  streamed: boolean;
  /** Whether it asks for no token at all. */
  warms: boolean;
  body: Body;
  /** What it shows the model beside the body. */
  files: readonly SourceFile[];
  copy: Copy | undefined;
  /** Where it waits for its first byte among others; undefined where no second host is asked for it. */
  lane: Lane<RelayedRequest> | undefined;
  /** The second host that is being asked. */
  hedge: Hedge | undefined;
  /** The client and the host may each leave before the other. */
  clientOpen: boolean;
  hostOpen: boolean;
  readonly upload: Upload;
  readonly attempts: Attempts;
  readonly reply: Reply;
}

/** The body as it arrives. */
interface Upload {
  chunks: Buffer[];
  /** Bytes so far. */
  size: number;
  /** Bytes that count against its user. */
  held: number;
}

/** Which deployments are asked, and how those before did. */
interface Attempts {
  /** Not tried yet, best first. */
  left: Deployment[];
  /** What is asked once none of them is left. */
  legs: readonly Leg[];
  /** The models that it has come from on its way to the one that is asked. */
  passed: readonly string[];
  /** The one that is being asked, or was last. */
  deployment: Deployment | undefined;
  call: Call | undefined;
  /** From its arrival until that one was asked, where it was as a hedge; 0 otherwise. */
  hedgedMs: number;
  /** When it was asked. */
  sentMs: number;
  asking: Asking;
  failures: number;
  /** Whether a host failed in a way that no request can bring about. */
  blameless: boolean;
  /** Whether other regions serve it, as the region's own hosts have failed. */
  lost: boolean;
  /** Whether every deployment so far had no room (429); the shortest wait that one named, in seconds. */
  busy: boolean;
  retryAfterS: number;
}

/** What the host says. */
interface Reply {
  /** Kept until the first byte: until then another deployment may still answer. */
  head: Fields | undefined;
  status: number;
  /** Reads an answer that comes in pieces; undefined for one that is whole. */
  events: Events | undefined;
  /** Says it in the client's dialect; undefined where that is the host's. */
  speech: Speech | undefined;
  /** What the host refuses; undefined where it takes the request. */
  refusal: Refusal | undefined;
  /** Bytes so far. */
  received: number;
  /** Pieces so far; a host sends a token at a time. */
  frames: number;
  firstByteMs: number;
}

const NO_BODY = bodyOf({});
const NONE: readonly string[] = [];
const NOT_YET_HELD: Objective = {success: 0, firstByteMs: Number.POSITIVE_INFINITY, windowMs: 0};
const NOT_YET_ASKED: Asking = {api: "completions", parameters: {}};

/** Of a host that has said nothing. */
export const UNSAID: Reply = {
  head: undefined,
  status: 0,
  events: undefined,
  speech: undefined,
  refusal: undefined,
  received: 0,
  frames: 0,
  firstByteMs: 0,
};

export function createRequest(stream: Stream, ask: Ask, nowMs: number): RelayedRequest {
  const {id, api, kind, dialect, model, claims, client, traceparent, leastEffort, coding} = ask;
  return {
    id,
    api,
    kind,
    dialect,
    model,
    claims,
    client,
    traceparent,
    leastEffort,
    coding,
    place: 0,
    stream,
    phase: "body",
    arrivedMs: nowMs,
    deadlineMs: Number.POSITIVE_INFINITY,
    asked: "",
    served: "",
    objective: NOT_YET_HELD,
    arm: "",
    // Until its body is read; editors that guess ahead have all answers in pieces.
    streamed: ask.kind === "ahead",
    warms: false,
    body: NO_BODY,
    files: [],
    copy: undefined,
    lane: undefined,
    hedge: undefined,
    clientOpen: true,
    hostOpen: false,
    upload: {chunks: [], size: 0, held: 0},
    attempts: {
      left: [],
      legs: NO_LEGS,
      passed: NONE,
      deployment: undefined,
      call: undefined,
      hedgedMs: 0,
      sentMs: 0,
      asking: NOT_YET_ASKED,
      failures: 0,
      blameless: false,
      lost: false,
      busy: true,
      retryAfterS: Number.POSITIVE_INFINITY,
    },
    reply: {...UNSAID},
  };
}

/** Counts bytes of the body against the user. Throws USER_BYTES or PROXY_FULL. */
export function holdBytes(users: UserLimits, request: RelayedRequest, bytes: number): void {
  users.hold(request.claims.user, bytes);
  request.upload.held += bytes;
}

/** Gives up the body: it has been sent, or never will be. */
export function releaseBody(users: UserLimits, request: RelayedRequest): void {
  users.release(request.claims.user, request.upload.held);
  request.upload.held = 0;
  request.upload.chunks = [];
  request.body = NO_BODY;
  request.files = [];
}

/** The line that is logged: never a prompt, a completion or a credential. */
export function lineOf(request: RelayedRequest, outcome: Outcome, code: string | undefined) {
  const {id, claims, api, kind, asked, arm, attempts, reply} = request;
  return {
    id,
    user: claims.user,
    api,
    kind,
    model: asked,
    arm: arm || undefined,
    upstream: attempts.deployment?.upstream,
    deployment: attempts.deployment?.name,
    outcome,
    code,
    firstByteMs: Math.round(reply.firstByteMs),
  };
}
