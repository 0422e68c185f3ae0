import {StringDecoder} from "node:string_decoder";
import {createParser} from "eventsource-parser";
import {z} from "zod";
import {completionSchema, MAX_ANSWER_BYTES, MAX_EVENT_CHARACTERS} from "./completion.ts";
import {type Dialect, eventOf} from "./dialect.ts";

/** Says a host's answer, which has OpenAI's form, in the client's dialect. */
export interface Speech {
  /** What can be said once this piece has come; empty while nothing can. Throws where it is of no such answer. */
  push(chunk: Buffer): string;
  /** The answer is whole: the rest of it. Throws where it is none. */
  end(): string;
}

/** A host's status and form decide what its answer is. */
export type Form = "events" | "whole" | "refusal";

export function createSpeech(dialect: Dialect, form: Form, status: number): Speech {
  if (form === "events") return eventSpeech(dialect);
  return wholeSpeech((text) =>
    form === "whole"
      ? dialect.answer(completionSchema.parse(JSON.parse(text)))
      : dialect.error({...refusalIn(text), status}),
  );
}

function eventSpeech(dialect: Dialect): Speech {
  const decoder = new StringDecoder("utf8");
  let out = "";
  let finished = false;
  let ended = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({data}) => (data === "[DONE]" ? last() : translate(data)),
    onError(error) {
      if (error.type === "max-buffer-size-exceeded") throw error;
    },
  });

  function translate(data: string) {
    const completion = completionSchema.safeParse(JSON.parse(data));
    // Hosts say other things between: pings, and fields that are new.
    const said = completion.success ? dialect.event(completion.data) : undefined;
    finished ||= completion.data?.choices.some((choice) => choice.finish_reason) ?? false;
    if (said !== undefined) out += eventOf(said);
  }

  function last() {
    if (!ended) out += dialect.last(finished);
    ended = true;
  }

  function said(run: () => void): string {
    out = "";
    run();
    return out;
  }

  return {
    push: (chunk) => said(() => parser.feed(decoder.write(chunk))),
    end: () => said(last),
  };
}

function wholeSpeech(translate: (text: string) => unknown): Speech {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    push(chunk) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) throw new Error(`answer over ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk);
      return "";
    },
    end: () => JSON.stringify(translate(Buffer.concat(chunks).toString())),
  };
}

const hostError = z.object({
  error: z.object({message: z.string(), type: z.string().nullish(), code: z.unknown()}),
});
const REFUSED = "The model host refused the request; look for a parameter that it does not take.";

/** What a host says of a request that it does not take; it need not be JSON. */
function refusalIn(text: string) {
  const {error} = hostError.safeParse(parsed(text)).data ?? {};
  return {
    message: error?.message ?? REFUSED,
    type: error?.type ?? "invalid_request_error",
    code: typeof error?.code === "string" ? error.code : "invalid_request_error",
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
