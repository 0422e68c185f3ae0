import {z} from "zod";
import {isObject} from "../rewrite/body.ts";
import {choiceIndex} from "./completion.ts";

/** A text, or parts of which some hold text and others thoughts or pictures. */
const content = z
  .union([z.string(), z.array(z.looseObject({text: z.string().optional()}))])
  .nullish()
  .transform((said) =>
    Array.isArray(said) ? said.map(({text = ""}) => text).join("") : (said ?? ""),
  );

/** As much of an answer, or of one of its events, as a completion carries: a chat says it in a message, a completion in a text. */
const choice = z.object({
  index: choiceIndex,
  text: z.string().nullish(),
  delta: z.object({content}).nullish(),
  message: z.object({content}).nullish(),
  finish_reason: z.string().nullish(),
});
const answerSchema = z.looseObject({choices: z.array(choice)});
export type Answer = z.output<typeof answerSchema>;
export type Choice = z.output<typeof choice>;

/** What a host says, in an event or in one piece; nothing while it is only at work. */
export interface Said {
  readonly answer?: Answer;
  readonly error?: unknown;
  /** No more will come. */
  readonly isLast?: boolean;
}

/** Of a host whose answers have OpenAI's form. What is no choice's, and no error, is let go. An error ends whatever is said beside it: https://openrouter.ai/docs/api_reference/streaming. Throws where it is no answer. */
export function saidByOpenAi(event: unknown): Said {
  if (isObject(event) && event.error != null) return {error: event.error};
  if (!isObject(event) || Object.hasOwn(event, "choices"))
    return {answer: answerSchema.parse(event)};
  return Object.hasOwn(event, "error") ? {error: event.error} : {};
}
