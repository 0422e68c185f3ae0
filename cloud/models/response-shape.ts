import type {Api} from "./azure-openai.ts";
import type {Completion} from "./completer.ts";

/** How answers are put: the same fields in one body and in events. */
export function createVoice(
  api: Api,
  {id, model, created}: {id: string; model: string; created: number},
) {
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

  /** One server-sent event: a piece of one choice, or with `finish` its end. */
  const event = (
    index: number,
    text: string,
    finish: Completion["finish"] | null = null,
  ): string => {
    const object = isChat ? "chat.completion.chunk" : "text_completion";
    const body = {...head(object), choices: [choiceOf(index, text, finish, "delta")]};
    return `data: ${JSON.stringify(body)}\n\n`;
  };

  const body = (completions: readonly Completion[], promptTokens: number): unknown => {
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
  };

  return {event, body};
}

export const DONE = "data: [DONE]\n\n";
