import type {Api} from "./azure-openai.ts";
import type {Completion} from "./completer.ts";

/** The JSON of a completion's response: the same fields whether it comes as one body or as events. */
export interface ResponseShape {
  /** What comes first of a chat at Azure: what its filters say of the prompt. */
  filtered(): string;
  /** What comes last of a stream, where it is asked for. */
  usage(completions: readonly Completion[], promptTokens: number): string;
  /** One server-sent event: a piece of one choice, or with `finish` its end. */
  event(index: number, text: string, finish?: Completion["finish"]): string;
  body(completions: readonly Completion[], promptTokens: number): unknown;
}

export const DONE = "data: [DONE]\n\n";

export function responseShape(
  api: Api,
  {id, model, created}: {id: string; model: string; created: number},
): ResponseShape {
  const isChat = api === "chat/completions";
  const head = (object: string) => ({
    id: `${isChat ? "chatcmpl" : "cmpl"}-${id}`,
    object,
    created,
    model,
  });
  const choiceOf = (index: number, text: string, finish: string | null, field: string) => ({
    index,
    ...(isChat ? {[field]: {role: "assistant", content: text}} : {text, logprobs: null}),
    finish_reason: finish,
  });

  const eventOf = (body: unknown) => `data: ${JSON.stringify(body)}\n\n`;
  const object = isChat ? "chat.completion.chunk" : "text_completion";

  return {
    filtered: () => eventOf({id: "", object: "", created: 0, model: "", ...FILTERED}),
    usage: (completions, promptTokens) =>
      eventOf({...head(object), choices: [], usage: usageOf(completions, promptTokens)}),
    event(index, text, finish) {
      return eventOf({
        ...head(object),
        choices: [choiceOf(index, text, finish ?? null, "delta")],
      });
    },
    body(completions, promptTokens) {
      return {
        ...head(isChat ? "chat.completion" : "text_completion"),
        choices: completions.map(({tokens, finish}, index) =>
          choiceOf(index, tokens.join(""), finish, "message"),
        ),
        usage: usageOf(completions, promptTokens),
      };
    },
  };
}

/** articles/foundry/openai/includes/concepts-content-streaming-1.md: the first event has no choice. */
const FILTERED = {
  choices: [],
  prompt_filter_results: [
    {prompt_index: 0, content_filter_results: {hate: {filtered: false, severity: "safe"}}},
  ],
};

function usageOf(completions: readonly Completion[], promptTokens: number) {
  const completionTokens = completions.reduce((sum, {tokens}) => sum + tokens.length, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
