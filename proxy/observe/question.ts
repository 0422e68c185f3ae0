import {randomUUID} from "node:crypto";
import {askModel} from "../dialects/asking.ts";
import type {Asking, Deployment} from "../policy.ts";
import {bodyOf} from "../rewrite/body.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstreams} from "../upstream/upstream.ts";

/** A deployment that the proxy asks for itself, and how its model is asked. */
export interface Target {
  readonly deployment: Deployment;
  readonly asking: Asking;
}

/** The smallest completion that shows that the model completes. */
const QUESTION = bodyOf({prompt: "x = ", max_tokens: 1});

/** Asks a deployment for it; undefined where the policy has just taken its host away. */
export function put<Context>(
  upstreams: Upstreams,
  {deployment: {upstream: host, name}, asking}: Target,
  sink: Sink<Context>,
  context: Context,
): Call | undefined {
  const upstream = upstreams.get(host);
  const request = {
    api: "completions" as const,
    deployment: name,
    id: randomUUID(),
    traceparent: undefined,
    priority: undefined,
    body: QUESTION,
  };
  return upstream && askModel({upstream, asking}, request, sink, context);
}
