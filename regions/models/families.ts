import type {ChatParameters} from "../../proxy/policy.ts";

/** Models that are asked in the same way. */
export interface Family {
  /** The names in Azure's catalogue that it covers. */
  readonly models: RegExp;
  /** What it speaks. `responses`: that alone. */
  readonly api: "completions" | "chat" | "responses";
  readonly parameters: ChatParameters;
}

/**
 * What reasoning models do not take, at whatever effort: MicrosoftDocs/azure-ai-docs,
 * articles/foundry/openai/how-to/reasoning.md (2026-02). It leaves out `stop`, which gpt-5 refuses all the
 * same (BittnerPierre/AI-Agent-Casebook#133), and `prediction`, which only 4o and 4.1 take
 * (how-to-predicted-outputs-content.md, 2026-03). Some take some of them with effort `none`; where, is not
 * documented, so none is sent. `n`, `seed`, `user` and `best_of` are no more than 1 or of no use there.
 */
const UNKNOWN_TO_REASONING = [
  ...["temperature", "top_p", "presence_penalty", "frequency_penalty"],
  ...["logprobs", "top_logprobs", "logit_bias", "stop", "prediction", "n", "seed", "user"],
];

const reasoning = (effort: string): ChatParameters => ({
  limit: "max_completion_tokens",
  effort,
  refuses: UNKNOWN_TO_REASONING,
});

/** The first that covers a name counts. */
export const families: Readonly<Record<string, Family>> = {
  /** Off every list of Azure's since 2026; it was the last to complete. */
  "gpt-35-turbo-instruct": {
    models: /^gpt-35-turbo-instruct$/,
    api: "completions",
    parameters: {},
  },
  /**
   * Of codex and pro, learn.microsoft.com/azure/foundry/foundry-models/concepts/models-sold-directly-by-azure
   * (2026-09-21): Responses alone. Their least efforts: router-for-me/CLIProxyAPI#249 for the mini,
   * openai/codex#6647 for codex, anomalyco/opencode#26268 for gpt-5-pro, anomalyco/models.dev#2296 for later ones.
   */
  "codex-mini": {
    models: /^(?:gpt-[5-9].*-)?codex-mini\b.*$/,
    api: "responses",
    parameters: reasoning("medium"),
  },
  codex: {models: /^gpt-[5-9].*-codex\b.*$/, api: "responses", parameters: reasoning("low")},
  "gpt-5-pro": {models: /^gpt-5-pro$/, api: "responses", parameters: reasoning("high")},
  pro: {models: /^gpt-[5-9].*-pro\b.*$/, api: "responses", parameters: reasoning("medium")},
  /** how-to-predicted-outputs-content.md: they take `prediction`, by `max_tokens` alone. They do not reason. */
  "gpt-4o, gpt-4.1": {
    models: /^gpt-4(?:o|\.1)(?:-.*)?$/,
    api: "chat",
    parameters: {refuses: ["reasoning_effort"]},
  },
  /** how-to/reasoning.md: efforts from minimal. */
  "gpt-5": {models: /^gpt-5(?:-(?:mini|nano))?$/, api: "chat", parameters: reasoning("minimal")},
  /** how-to/reasoning.md: efforts from none, and no minimal (experientiallabs/experiential#764, 400 of 5.6-luna). */
  "gpt-5.1 and later": {
    models: /^gpt-(?:5\.\d+|6)(?:-(?!astra).*)?$/,
    api: "chat",
    parameters: reasoning("none"),
  },
  /** Whether it takes none is disputed: BerriAI/litellm#39983, anomalyco/models.dev#6385. */
  "gpt-6-astra": {models: /^gpt-6-astra.*$/, api: "chat", parameters: reasoning("low")},
  /** Its thinking cannot be switched off: efforts from low (openai/gpt-oss, README). */
  "gpt-oss": {
    models: /^gpt-oss-.*$/,
    api: "chat",
    parameters: {effort: "low", refuses: ["prediction"]},
  },
  /** Partners' chat takes `max_tokens` (models-sold-directly-by-azure; docs.mistral.ai, chat completions). */
  partners: {
    models: /^(?:codestral|mistral|ministral|phi|llama|meta-llama|deepseek)-.*$/i,
    api: "chat",
    parameters: {limit: "max_tokens", refuses: ["prediction", "reasoning_effort"]},
  },
};

/** Asked in the safest way: no more than every model that thinks takes, and all of Azure's newer ones do. */
export const UNKNOWN_FAMILY = {api: "chat", parameters: reasoning("low")} as const;

/** The family of a name in Azure's catalogue; undefined where none is known. */
export const familyOf = (model: string): Family | undefined =>
  Object.values(families).find(({models}) => models.test(model));
