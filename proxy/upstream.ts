import type {OutgoingHttpHeaders} from "node:http2";
import {type WatchedFile, watchFile} from "./file.ts";
import type {Policy, Upstream as Spec} from "./policy.ts";
import {type Call, createSessions, type Sessions, type Sink} from "./sessions.ts";

/** The two ways to ask for a completion, as Azure OpenAI and OpenAI name them in paths. */
export type Api = "completions" | "chat/completions";

export interface UpstreamRequest {
  readonly api: Api;
  /** The deployment's name on this upstream. */
  readonly deployment: string;
  readonly id: string;
  readonly traceparent: string | undefined;
  readonly body: Buffer;
}

/** A model host: where it is, how it is spoken to, and the credential that opens it. */
export interface Upstream {
  request<Context>(request: UpstreamRequest, sink: Sink<Context>, context: Context): Call;
  readonly connected: number;
  close(): void;
}

export interface Upstreams {
  get(name: string): Upstream | undefined;
  /** Opens what the policy adds, closes what it no longer has, leaves the rest connected. */
  apply(policy: Policy): void;
  readonly connected: number;
  close(): void;
}

type Log = (event: string, detail: unknown) => void;

export function createUpstreams({log}: {log: Log}): Upstreams {
  const open = new Map<string, {spec: string; upstream: Upstream}>();

  function apply({upstreams}: Policy) {
    for (const [name, {spec, upstream}] of open) {
      if (spec === JSON.stringify(upstreams[name])) continue;
      upstream.close();
      open.delete(name);
    }
    for (const [name, spec] of Object.entries(upstreams)) {
      if (open.has(name)) continue;
      open.set(name, {spec: JSON.stringify(spec), upstream: createUpstream(spec, log)});
    }
  }

  return {
    get: (name) => open.get(name)?.upstream,
    apply,
    get connected() {
      return open.values().reduce((sum, {upstream}) => sum + upstream.connected, 0);
    },
    close: () => {
      for (const {upstream} of open.values()) upstream.close();
    },
  };
}

function createUpstream(spec: Spec, log: Log): Upstream {
  const {origin, host} = new URL(spec.url);
  const key: WatchedFile<string> = watchFile({
    path: spec.keyFile,
    parse: parseKey,
    refused: (cause) => log("model key refused", cause),
  });
  const sessions: Sessions = createSessions({origin, log});

  function request<Context>(
    {api, deployment, id, traceparent, body}: UpstreamRequest,
    sink: Sink<Context>,
    context: Context,
  ) {
    const headers: OutgoingHttpHeaders = {
      ":method": "POST",
      ":scheme": "https",
      ":authority": host,
      ":path": `/openai/deployments/${deployment}/${api}?api-version=${spec.apiVersion}`,
      "api-key": key.value,
      "content-type": "application/json",
      "content-length": body.length,
      "x-request-id": id,
    };
    if (traceparent) headers.traceparent = traceparent;
    return sessions.request(headers, body, sink, context);
  }

  return {
    request,
    get connected() {
      return sessions.connected;
    },
    close: () => {
      key.close();
      sessions.close();
    },
  };
}

function parseKey(text: string): string {
  const key = text.trim();
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Error("is empty or holds more than one word");
  return key;
}
