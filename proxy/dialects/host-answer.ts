import {isBusy} from "../relay/events.ts";
import {mediaTypeOf} from "../relay/headers.ts";
import type {Call, Sink} from "../upstream/transport.ts";
import type {HostDialect} from "./hosts/host-dialect.ts";
import {createWholeAnswer, type WholeAnswer} from "./reading.ts";
import {type Form, type Translation, translated} from "./translation.ts";

/** An answer, or a refusal alone, in another form than that which is waited for. */
export interface HostAnswer<Context> {
  readonly sink: Sink<Context>;
  readonly context: Context;
  readonly host: HostDialect;
  /** What the answer is put in; undefined where it passes as it is. */
  readonly form: Form | undefined;
  readonly translation: Translation | undefined;
  call: Call | undefined;
  status: number;
  /** As it comes, where it comes in one piece. */
  whole: WholeAnswer | undefined;
}
export const NOT_YET = {call: undefined, status: 0, whole: undefined};

export const translatingSink: Sink<HostAnswer<unknown>> = {
  answered(answer, status, headers) {
    const passes = status === 200 && !answer.form;
    const isEvents = status === 200 && mediaTypeOf(headers) === "text/event-stream";
    answer.status = status;
    answer.whole = passes || isEvents ? undefined : createWholeAnswer();
    const {"content-length": _, ...others} = headers;
    answer.sink.answered(answer.context, status, passes ? headers : others);
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
  if (!translation) return sink.data(context, chunk);
  const text = translation.push(chunk);
  if (text) sink.data(context, Buffer.from(text));
  else sink.alive(context);
  if (!translation.isCutShort) return;
  call?.cancel();
  sink.ended(context);
}

function end(answer: HostAnswer<unknown>) {
  const {whole, status, host, form, sink, context} = answer;
  if (!whole) return sink.ended(context);
  if (status !== 200) return pass(answer, refusalOf(host, whole.text()));
  const said = host.whole(JSON.parse(whole.text()));
  if (said.answer) return pass(answer, translated(said.answer, form as Form));
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
