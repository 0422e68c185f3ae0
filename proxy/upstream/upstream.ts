import {isIP, type LookupFunction} from "node:net";
import type {OutgoingFields} from "../http2/hpack/encoder.ts";
import type {Body} from "../rewrite/body.ts";
import {createConnections} from "./connections.ts";
import {type Credential, createCredential} from "./credential.ts";
import type {ServedPolicy, Reached as Spec} from "./served-policy.ts";
import {createSessions} from "./sessions.ts";
import type {Call, Log, Sink, Transport} from "./transport.ts";

/** What OpenAI's clients ask for, as Azure OpenAI and OpenAI name it in paths. */
export type Api = "completions" | "chat/completions";

/** What hosts are asked for, as paths name it. */
export type HostApi = Api | "fim/completions" | "responses" | "infill";

export interface UpstreamRequest {
  readonly api: HostApi;
  /** The deployment's name on this upstream. */
  readonly deployment: string;
  readonly id: string;
  readonly traceparent: string | undefined;
  /** RFC 9218, 4; what has none is as urgent as anything. */
  readonly priority: string | undefined;
  /** How soon it is wanted, less being sooner (URGENCY); what has none is asked for by the proxy itself. */
  readonly urgency?: number;
  /** Parts what one tenant sends from what others do in a host's cache. */
  readonly salt?: string;
  readonly body: Body;
}

/** A model host: where it is, how it is spoken to, and the credential that opens it. */
export interface Upstream {
  request<Context>(request: UpstreamRequest, sink: Sink<Context>, context: Context): Call;
  readonly connected: number;
  /** Whether it has a credential to ask with. */
  readonly opened: boolean;
  close(): void;
}

export interface Upstreams {
  get(name: string): Upstream | undefined;
  /**
   * Opens what the policy adds, closes what it no longer has, leaves the rest connected. Throws where one
   * cannot be opened, as its key is not there; then nothing has changed.
   */
  apply(policy: ServedPolicy): void;
  readonly connected: number;
  /** Whether there is a credential for any of them. */
  readonly opened: boolean;
  close(): void;
}

/** Who hears of what happens to connections. */
export interface Watch {
  readonly log: Log;
  readonly sessionOpened?: () => void;
  /** With why, where there is a reason. */
  readonly sessionEnded?: (cause: unknown) => void;
  /** Nothing answers where an upstream of this name is. */
  readonly unreached?: (upstream: string) => void;
}

/** One of the policy's, as long as the policy says the same of it. */
interface Opened {
  readonly spec: string;
  readonly upstream: Upstream;
}

export function createUpstreams(watch: Watch): Upstreams {
  let open = new Map<string, Opened>();

  function apply({upstreams}: ServedPolicy) {
    const specs = Object.entries(upstreams);
    const added = specs.filter(([name, spec]) => open.get(name)?.spec !== JSON.stringify(spec));
    const credentials = credentialsOf(added);
    const next = new Map<string, Opened>(
      specs.map(([name, spec]) => {
        const credential = credentials.get(name);
        return [name, credential ? openedBy(name, spec, credential) : (open.get(name) as Opened)];
      }),
    );
    for (const [name, {upstream}] of open)
      if (next.get(name)?.upstream !== upstream) upstream.close();
    open = next;
  }

  /** All of them, or none: before any host is spoken to. */
  function credentialsOf(specs: readonly [name: string, spec: Spec][]): Map<string, Credential> {
    const credentials = new Map<string, Credential>();
    try {
      for (const [name, spec] of specs) credentials.set(name, createCredential(spec, watch.log));
      return credentials;
    } catch (cause) {
      for (const credential of credentials.values()) credential.close();
      throw cause;
    }
  }

  const openedBy = (name: string, spec: Spec, credential: Credential): Opened => ({
    spec: JSON.stringify(spec),
    upstream: createUpstream(spec, credential, {
      ...watch,
      unreached: () => watch.unreached?.(name),
    }),
  });

  return {
    get: (name) => open.get(name)?.upstream,
    apply,
    get connected() {
      return open.values().reduce((sum, {upstream}) => sum + upstream.connected, 0);
    },
    get opened() {
      return open.values().some(({upstream}) => upstream.opened);
    },
    close: () => {
      for (const {upstream} of open.values()) upstream.close();
    },
  };
}

interface HostWatch extends Watch {
  readonly unreached: () => void;
}

function createUpstream(spec: Spec, credential: Credential, watch: HostWatch): Upstream {
  const {origin, host, protocol, pathname} = new URL(spec.url);
  const base = pathname.replace(/\/$/, "");
  const transport = transportTo(origin, spec, watch);

  function request<Context>(asked: UpstreamRequest, sink: Sink<Context>, context: Context): Call {
    const opening = credential.headers;
    if (!opening) return fail(sink, context);
    const {id, traceparent, priority} = asked;
    const body = bodyFor(spec, asked);
    const headers: OutgoingFields = {
      ":method": "POST",
      ":scheme": protocol.slice(0, -1),
      ":authority": host,
      ":path": base + pathFor(spec, asked),
      ...opening,
      "content-type": "application/json",
      "content-length": body.length,
      // Without a word on it a host may code its answer as it likes (RFC 9110, 12.5.3).
      "accept-encoding": "identity",
      "x-request-id": id,
      traceparent,
      // Over HTTP/1.1 requests do not share a connection.
      priority: spec.protocol === "h2" ? priority : undefined,
    };
    return transport.request(headers, body, sink, context);
  }

  return {
    request,
    get connected() {
      return transport.connected;
    },
    get opened() {
      return credential.headers !== undefined;
    },
    close: () => {
      credential.close();
      transport.close();
    },
  };
}

function transportTo(origin: string, {protocol, address}: Spec, watch: HostWatch): Transport {
  const {log, sessionOpened: opened, sessionEnded, unreached} = watch;
  const lookup = address === undefined ? undefined : leadingTo(address);
  if (protocol !== "h2") return createConnections({origin, lookup, unreached});
  const ended = (cause: unknown) => {
    sessionEnded?.(cause);
    unreached();
  };
  return createSessions({origin, log, opened, ended, lookup});
}

/** Leads every name to one address. */
const leadingTo =
  (address: string): LookupFunction =>
  (_, {all}, done) => {
    const family = isIP(address);
    if (all) done(null, [{address, family}]);
    else done(null, address, family);
  };

/**
 * Azure names the deployment in the path, OpenAI and those who follow it the model in the body; so does Azure of
 * what is newer (articles/foundry/openai/how-to/reasoning.md). llama-server's own way has no version.
 */
function pathFor({api, apiVersion}: Spec, {api: asked, deployment}: UpstreamRequest): string {
  if (asked === "infill") return "/infill";
  if (api === "openai") return `/v1/${asked}`;
  if (asked === "responses") return "/openai/v1/responses";
  return `/openai/deployments/${deployment}/${asked}?api-version=${apiVersion}`;
}

function bodyFor({api, vllm}: Spec, asked: UpstreamRequest): Buffer {
  const {body, deployment: model} = asked;
  if (vllm) return body.bytes({model, ...ofVllm(vllm, asked)});
  return api === "openai" || asked.api === "responses" ? body.bytes({model}) : body.bytes();
}

/** What it takes beside OpenAI's parameters, as we say it: what a client says of it is dropped, and where it has no priorities any but 0 is an error. */
const ofVllm = ({priorities}: NonNullable<Spec["vllm"]>, {salt, urgency}: UpstreamRequest) => ({
  cache_salt: salt,
  priority: priorities ? urgency : undefined,
});

/** Without a credential the host would only refuse: another one may serve. */
function fail<Context>(sink: Sink<Context>, context: Context): Call {
  const cause = new Error("there is no credential for this host yet");
  const soon = setImmediate(() => sink.failed(context, "connect", cause));
  const cancel = () => {
    clearImmediate(soon);
    return false;
  };
  return {cancel, pause() {}, resume() {}};
}
