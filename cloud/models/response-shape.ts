import type {Api} from "./azure-openai.ts";
import type {Completion} from "./completer.ts";

/** The JSON of a completion's response: the same fields whether it comes as one body or as events. */
export interface ResponseShape {
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

  return {
    event(index, text, finish) {
      const object = isChat ? "chat.completion.chunk" : "text_completion";
      const body = {...head(object), choices: [choiceOf(index, text, finish ?? null, "delta")]};
      return `data: ${JSON.stringify(body)}\n\n`;
    },
    body(completions, promptTokens) {
      const completionTokens = completions.reduce((sum, {tokens}) => sum + tokens.length, 0);
      return {
        ...head(isChat ? "chat.completion" : "text_completion"),
        choices: completions.map(({tokens, finish}, index) =>
          choiceOf(index, tokens.join(""), finish, "message"),
        ),
        usage: {
          prompt_tokens: promptTokens,
          completion_tokens: completionTokens,
          total_tokens: promptTokens + completionTokens,
        },
      };
    },
  };
}
