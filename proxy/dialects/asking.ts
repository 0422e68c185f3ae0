import type {Asking} from "../policy.ts";
import type {Body} from "../rewrite/body.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstream, UpstreamRequest} from "../upstream/upstream.ts";
import {dialects} from "./dialects.ts";
import type {SourceFile} from "./files.ts";
import {type HostAnswer, NOT_YET, translatingSink} from "./host-answer.ts";
import type {Asked, HostDialect} from "./hosts/host-dialect.ts";
import {hosts} from "./hosts/hosts.ts";
import {fitted, hurried} from "./parameters.ts";
import {
  awaitsUsage,
  chatShape,
  completionShape,
  createTranslation,
  type Form,
  type Shape,
  type Translation,
} from "./translation.ts";

/** What a client asks of a model, as its body says it. */
export interface ModelRequest extends UpstreamRequest {
  /** What it shows the model beside the body. */
  readonly files?: readonly SourceFile[];
  /** Of a chat: whether a model is to think least, where the body does not say how much. */
  readonly leastEffort?: boolean;
}

/**
 * Asks in the way that the model can be asked, and has the answer told in the way that it was asked for. What is
 * the same on both sides goes as it came. Throws PARAMETER_UNFIT for what cannot go so.
 */
export function askModel<Context>(
  {upstream, asking}: {upstream: Upstream; asking: Asking},
  request: ModelRequest,
  sink: Sink<Context>,
  context: Context,
): Call {
  const {body, api, files = [], leastEffort = false} = request;
  const host = hosts[asking.api];
  if (api === "chat/completions") {
    const chat = leastEffort ? hurried(body, asking.parameters) : body;
    const asked = host.chat?.(chat, asking) ?? {api, body: fitted(chat, asking.parameters)};
    return send({upstream, request, asked, host, shape: chatShape}, sink, context);
  }
  const own = dialects.find(({hosted}) => hosted?.api === api);
  if (own?.hosted?.by === asking.api) return upstream.request(request, sink, context);
  const asked = host.ask(own?.read(body).body ?? body, {asking, files});
  if (asked.body === body && asked.api === api) return upstream.request(request, sink, context);
  return send({upstream, request, asked, host, shape: completionShape}, sink, context);
}

interface Sending {
  readonly upstream: Upstream;
  readonly request: ModelRequest;
  readonly asked: Asked;
  readonly host: HostDialect;
  /** What the client waits for. */
  readonly shape: Shape;
}

function send<Context>(
  {upstream, request, asked, host, shape}: Sending,
  sink: Sink<Context>,
  context: Context,
): Call {
  const sent = {...request, api: asked.api, body: asked.body};
  const {newFilter} = asked;
  if (!newFilter && !host.refusal) return upstream.request(sent, sink, context);
  const form = newFilter && {shape, newFilter};
  const translation = form && translationOf(request.body, {host, asked, form});
  const answer: HostAnswer<Context> = {sink, context, host, form, translation, ...NOT_YET};
  answer.call = upstream.request(sent, translatingSink as Sink<HostAnswer<Context>>, answer);
  return answer.call;
}

function translationOf(
  body: Body,
  {host, asked, form}: Pick<Sending, "host" | "asked"> & {form: Form},
): Translation {
  const n = body.get("n");
  const {choices = typeof n === "number" ? n : 1} = asked;
  return createTranslation({
    ...form,
    read: host.newReader(),
    choices,
    awaitsUsage: awaitsUsage(body),
  });
}
