import {z} from "zod";
import {jsonIn} from "../json.ts";
import {completionSchema} from "./completion.ts";
import {type Dialect, eventOf} from "./dialect.ts";
import {createEventReader, createWholeAnswer} from "./reading.ts";

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
  let out = "";
  let finished = false;
  let ended = false;
  const read = createEventReader((data) => (data === "[DONE]" ? last() : translate(data)));

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
    push: (chunk) => said(() => read(chunk)),
    end: () => said(last),
  };
}

function wholeSpeech(translate: (text: string) => unknown): Speech {
  const whole = createWholeAnswer();
  return {
    push(chunk) {
      whole.push(chunk);
      return "";
    },
    end: () => JSON.stringify(translate(whole.text())),
  };
}

const hostError = z.object({
  error: z.object({message: z.string(), type: z.string().nullish(), code: z.unknown().optional()}),
});
const REFUSED = "The model host refused the request; look for a parameter that it does not take.";

/** What a host says of a request that it does not take; it need not be JSON. */
function refusalIn(text: string) {
  const {error} = hostError.safeParse(jsonIn(text)).data ?? {};
  return {
    message: error?.message ?? REFUSED,
    type: error?.type ?? "invalid_request_error",
    code: typeof error?.code === "string" ? error.code : "invalid_request_error",
  };
}
