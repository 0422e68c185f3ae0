import type {Asking} from "../policy.ts";
import {isBusy} from "../relay/events.ts";
import {mediaTypeOf} from "../relay/headers.ts";
import type {Body} from "../rewrite/body.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {Upstream, UpstreamRequest} from "../upstream/upstream.ts";
import {dialects} from "./dialects.ts";
import type {SourceFile} from "./files.ts";
import type {Asked, HostDialect} from "./hosts/host-dialect.ts";
import {hosts} from "./hosts/hosts.ts";
import {fitted} from "./parameters.ts";
import {createWholeAnswer, type WholeAnswer} from "./reading.ts";
import {
  awaitsUsage,
  chatShape,
  completionShape,
  createTranslation,
  type Form,
  type Shape,
  type Translation,
  translated,
} from "./translation.ts";

/** What a client asks of a model, as its body says it. */
export interface ModelRequest extends UpstreamRequest {
  /** What it shows the model beside the body. */
  readonly files?: readonly SourceFile[];
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
  const {body, api, files = []} = request;
  const host = hosts[asking.api];
  if (api === "chat/completions") {
    const asked = host.chat?.(body, asking) ?? {api, body: fitted(body, asking.parameters)};
    return send({upstream, request, asked, host, shape: chatShape}, sink, context);
  }
  const own = dialects.find(({hosted}) => hosted?.api === api);
  if (own?.hosted?.by === asking.api) return upstream.request(request, sink, context);
  const asked = host.ask(own?.read(body).body ?? body, {asking, files});
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
  const {newFilter, choices = countOf(request.body)} = asked;
  if (!newFilter) return upstream.request(sent, sink, context);
  const form = {shape, newFilter};
  const read = host.newReader();
  const translation = createTranslation({
    ...form,
    read,
    choices,
    awaitsUsage: awaitsUsage(request.body),
  });
  const answer: HostAnswer<Context> = {sink, context, host, form, translation, ...NOT_YET};
  answer.call = upstream.request(sent, translatingSink as Sink<HostAnswer<Context>>, answer);
  return answer.call;
}

function countOf(body: Body): number {
  const n = body.get("n");
  return typeof n === "number" ? n : 1;
}

/** An answer in another form than that which is waited for. */
interface HostAnswer<Context> {
  readonly sink: Sink<Context>;
  readonly context: Context;
  readonly host: HostDialect;
  readonly form: Form;
  readonly translation: Translation;
  call: Call | undefined;
  status: number;
  /** As it comes, where it comes in one piece. */
  whole: WholeAnswer | undefined;
}
const NOT_YET = {call: undefined, status: 0, whole: undefined};

const translatingSink: Sink<HostAnswer<unknown>> = {
  answered(answer, status, {"content-length": _, ...headers}) {
    const isEvents = status === 200 && mediaTypeOf(headers) === "text/event-stream";
    answer.status = status;
    answer.whole = isEvents ? undefined : createWholeAnswer();
    answer.sink.answered(answer.context, status, headers);
  },
  data: (answer, chunk) => guard(answer, () => take(answer, chunk)),
  ended: (answer) => guard(answer, () => end(answer)),
  alive: ({sink, context}) => sink.alive(context),
  failed: ({sink, context}, failure, cause) => sink.failed(context, failure, cause),
};

/** What the host says is no answer of its kind: it has failed. */
function guard({call, sink, context}: HostAnswer<unknown>, step: () => void) {
  try {
    step();
  } catch (cause) {
    call?.cancel();
    sink.failed(context, "reset", cause);
  }
}

function take({whole, translation, call, sink, context}: HostAnswer<unknown>, chunk: Buffer) {
  if (whole) {
    sink.alive(context);
    return whole.push(chunk);
  }
  const text = translation.push(chunk);
  if (text) sink.data(context, Buffer.from(text));
  else sink.alive(context);
  if (!translation.isCutShort) return;
  call?.cancel();
  sink.ended(context);
}

function end(answer: HostAnswer<unknown>) {
  const {whole, status, host, sink, context} = answer;
  if (!whole) return sink.ended(context);
  if (status !== 200) return pass(answer, refusalOf(host, whole.text()));
  const said = host.whole(JSON.parse(whole.text()));
  if (said.answer) return pass(answer, translated(said.answer, answer.form));
  sink.failed(context, isBusy(JSON.stringify(said.error ?? "")) ? "busy" : "reset", said.error);
}

function pass({sink, context}: HostAnswer<unknown>, text: string) {
  sink.data(context, Buffer.from(text));
  sink.ended(context);
}

/** In OpenAI's form, unless it cannot be told what it is. */
function refusalOf({refusal}: HostDialect, text: string): string {
  const message = refusal?.(text);
  if (message === undefined) return text;
  const type = "invalid_request_error";
  return JSON.stringify({error: {message, type, param: null, code: null}});
}
