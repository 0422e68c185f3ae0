import type {Refusal} from "./azure-openai.ts";

/** A body's parameters, by name. */
type Given = Readonly<Record<string, unknown>>;
/** What is wrong with a chat, or undefined. */
type Rule = (given: Given) => Refusal | undefined;

const refused = (code: string | null, param: string | null, message: string): Refusal => ({
  status: 400,
  body: {error: {message, type: "invalid_request_error", param, code}},
});

/**
 * Azure's words for a stop text: https://github.com/BittnerPierre/AI-Agent-Casebook/issues/133; for max_tokens
 * and temperature: https://github.com/chatboxai/chatbox/issues/2378.
 */
const unsupported =
  (name: string, instead = ""): Rule =>
  (given) =>
    given[name] == null
      ? undefined
      : refused(
          "unsupported_parameter",
          name,
          `Unsupported parameter: '${name}' is not supported with this model.${instead}`,
        );

/** https://github.com/CopilotKit/CopilotKit/issues/7191: a value other than the default is refused in these words. */
const onlyDefault =
  (name: string, value: number): Rule =>
  (given) =>
    given[name] == null || given[name] === value
      ? undefined
      : refused(
          "unsupported_value",
          name,
          `Unsupported value: '${name}' does not support ${given[name]} with this model. Only the default (${value}) value is supported.`,
        );

/** https://github.com/BerriAI/litellm/pull/39983 (Azure): the values that it takes follow. */
const efforts =
  (...values: readonly string[]): Rule =>
  ({reasoning_effort: effort}) =>
    effort == null || values.includes(String(effort))
      ? undefined
      : refused(
          "unsupported_value",
          "reasoning_effort",
          `Unsupported value: 'reasoning_effort' does not support '${effort}' with this model. Supported values are: ${values.map((value) => `'${value}'`).join(", ")}.`,
        );

/**
 * MicrosoftDocs/azure-ai-docs, articles/foundry/openai/how-to/reasoning.md: not supported with reasoning models.
 * What some take with effort none is not documented for Azure, and so refused here.
 */
const thinking = (...values: readonly string[]): readonly Rule[] => [
  unsupported("max_tokens", " Use 'max_completion_tokens' instead."),
  ...["stop", "logprobs", "top_logprobs", "logit_bias", "prediction"].map((name) =>
    unsupported(name),
  ),
  ...["temperature", "top_p", "n"].map((name) => onlyDefault(name, 1)),
  ...["presence_penalty", "frequency_penalty"].map((name) => onlyDefault(name, 0)),
  efforts(...values),
];

/** how-to-predicted-outputs-content.md: what a chat with a prediction may not have beside it. */
const predictions: readonly Rule[] = [
  ...["max_completion_tokens", "logprobs", "tools", "presence_penalty", "frequency_penalty"],
].map((name) => (given) => (given.prediction == null ? undefined : unsupported(name)(given)));

/** OpenAI's words for a parameter that a model's endpoint does not know, as in `azure-openai.ts`. */
const unrecognized =
  (name: string): Rule =>
  (given) =>
    given[name] == null
      ? undefined
      : refused(null, null, `Unrecognized request argument supplied: ${name}`);

const FROM_NONE = ["none", "low", "medium", "high"];

/** By family, as the tables of reasoning.md and of how-to-predicted-outputs-content.md have it. The first counts. */
const families: readonly (readonly [models: RegExp, rules: readonly Rule[]])[] = [
  [/^gpt-4(o|\.1)(-|$)/, [unrecognized("reasoning_effort"), ...predictions]],
  [/^gpt-5(-mini|-nano)?$/, thinking("minimal", "low", "medium", "high")],
  [/^gpt-5\.1$/, thinking(...FROM_NONE)],
  [/^gpt-5\.[2-5](-|$)/, thinking(...FROM_NONE, "xhigh")],
  [/^gpt-(5\.6|6)-(?!astra)/, thinking(...FROM_NONE, "xhigh", "max")],
  /** github.com/openai/gpt-oss, README: effort is low, medium or high; the rest is as open models have it. */
  [/^gpt-oss-/, [unsupported("prediction"), efforts("low", "medium", "high")]],
  [/^(codestral|mistral|ministral|phi|llama|deepseek)-/i, [unsupported("prediction")]],
];

/** A model that is not known is as strict as any: it takes what all that think take. */
const STRICTEST = thinking("low", "medium", "high");

/** What a model refuses of a chat: the first thing that is wrong alone, as hosts do. */
export function chatRefusal(model: string, given: Given): Refusal | undefined {
  const rules = families.find(([models]) => models.test(model))?.[1] ?? STRICTEST;
  return rules.map((rule) => rule(given)).find(Boolean);
}

/** Models that complete, of all on Azure's lists; and those that speak Responses alone, neither of the two. */
const COMPLETING = /^gpt-35-turbo-instruct$/;
const RESPONDING = /^(gpt-[5-9].*-(codex|pro)\b|codex-)/;

/**
 * Azure's answer to an operation that a model does not have:
 * its users quote these words for models that speak Responses alone.
 */
export function operationRefusal(
  operation: "completion" | "chatCompletion" | "responses",
  model: string,
): Refusal | undefined {
  const does = COMPLETING.test(model)
    ? "completion"
    : RESPONDING.test(model)
      ? "responses"
      : "chatCompletion";
  // capabilities of the Models API, Sweden Central, 2026-09-11: what chats speaks Responses too.
  const takes = does === "chatCompletion" ? [does, "responses"] : [does];
  if (takes.includes(operation)) return undefined;
  const message = `The ${operation} operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`;
  return {status: 400, body: {error: {code: "OperationNotSupported", message}}};
}
