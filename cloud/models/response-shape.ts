import type {Api} from "./azure-openai.ts";
import type {Considered} from "./thinking.ts";

/** The JSON of a completion's response: the same fields whether it comes as one body or as events. */
export interface ResponseShape {
  /** What comes first of a chat at Azure: what its filters say of the prompt. */
  filtered(): string;
  /** What asynchronous filters say of a choice's text up to here: without text of its own, and after its end too. */
  annotated?(index: number, offsets: {readonly from: number; readonly to: number}): string;
  /** A thought, where the host shows them. */
  thought?(index: number, text: string): string;
  /** What comes last of a stream, where it is asked for. */
  usage(completions: readonly Considered[], promptTokens: number): string;
  /** One server-sent event: a piece of one choice, or with `finish` its end. */
  event(index: number, text: string, finish?: Considered["finish"]): string;
  body(completions: readonly Considered[], promptTokens: number): unknown;
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
    filtered: () => eventOf({...NAMELESS, ...FILTERED}),
    annotated: (index, {from, to}) =>
      eventOf({...NAMELESS, choices: [{index, finish_reason: null, ...annotation(from, to)}]}),
    thought: (index, text) =>
      eventOf({
        ...head(object),
        choices: [
          {index, delta: {role: "assistant", reasoning_content: text}, finish_reason: null},
        ],
      }),
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

const NAMELESS = {id: "", object: "", created: 0, model: ""};
const SAFE = {content_filter_results: {hate: {filtered: false, severity: "safe"}}};

/** articles/foundry/openai/includes/concepts-content-streaming-1.md: the first event has no choice. */
const FILTERED = {choices: [], prompt_filter_results: [{prompt_index: 0, ...SAFE}]};

/** concepts-content-streaming-2.md, "Annotation message". Offsets are characters, from the prompt's beginning. */
const annotation = (from: number, to: number) => ({
  ...SAFE,
  content_filter_offsets: {check_offset: to, start_offset: from, end_offset: to},
});

function usageOf(completions: readonly Considered[], promptTokens: number) {
  const reasoningTokens = sumOf(completions.map(({thoughts}) => thoughts));
  const completionTokens = reasoningTokens + sumOf(completions.map(({tokens}) => tokens.length));
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens_details: {reasoning_tokens: reasoningTokens},
  };
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
