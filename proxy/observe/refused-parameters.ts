import {type Asking, isChatting} from "../policy.ts";
import type {RefusedParameter} from "../relay/refusal.ts";
import type {RelayedRequest} from "../relay/relayed-request.ts";
import type {Metrics} from "./metrics.ts";

/** Counts what hosts refuse of requests that are ours: regions.yaml, or a rule of its, is to be mended. */
export interface RefusedParameters {
  note(request: RelayedRequest): void;
}

/** A label has these values alone: hosts may name anything. */
const KNOWN = new Set([
  ...["best_of", "echo", "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens"],
  ...["max_tokens", "messages", "n", "parallel_tool_calls", "prediction", "presence_penalty"],
  ...["prompt", "reasoning_effort", "response_format", "seed", "service_tier", "stop", "store"],
  ...["stream", "stream_options", "suffix", "temperature", "tool_choice", "tools", "top_k"],
  ...["top_logprobs", "top_p", "user", "verbosity"],
]);
const OTHER = "other";

/**
 * What one caller alone can bring about is counted for nobody: a refusal counts where the last one of its kind was
 * another user's. The first of each is logged, with its mend.
 */
export function createRefusedParameters({metrics}: {metrics: Metrics}): RefusedParameters {
  const lastUsers = new Map<string, string>();

  return {
    note(request) {
      const named = request.reply.refusal?.parameter;
      const refused = named && asWritten(named, request.attempts.asking);
      if (!refused || !isOurs(request, refused)) return;
      const {served: model, claims, attempts} = request;
      const parameter = KNOWN.has(refused.name) ? refused.name : OTHER;
      const key = `${model} ${parameter}`;
      const last = lastUsers.get(key);
      lastUsers.set(key, claims.user);
      metrics.parameterRefused(model, parameter, last !== undefined && last !== claims.user);
      if (last !== undefined) return;
      const mend = mendOf(model, {name: parameter, code: refused.code}, attempts.asking);
      metrics.log.warn({model, parameter, mend}, "parameter refused");
    },
  };
}

/** What Responses calls otherwise. */
const OF_RESPONSES: Readonly<Record<string, string>> = {
  reasoning: "reasoning_effort",
  max_output_tokens: "max_completion_tokens",
  input: "messages",
  instructions: "messages",
};

/** By the name that clients and regions.yaml have for it. */
const asWritten = ({name, code}: RefusedParameter, {api}: Asking): RefusedParameter => ({
  name: (api === "responses" && OF_RESPONSES[name]) || name,
  code,
});

/**
 * Whether the service has sent it: the client did not write it, or not in the form that the host was asked in. A
 * value that is out of range is whoever's who wrote it, by whatever name for a limit.
 */
function isOurs(request: RelayedRequest, {name, code}: RefusedParameter): boolean {
  const {wrote = []} = request.reply.refusal ?? {};
  if (wrote.includes(name)) return !passes(request, name) && code !== "invalid_value";
  return code === "unsupported_parameter" || !wrote.includes(LIMITS[name] ?? name);
}

/** Whether the host is given a parameter as the client wrote it. */
function passes({api, dialect, attempts: {asking}}: RelayedRequest, name: string): boolean {
  if (dialect) return api === dialect.hosted?.api && asking.api === dialect.hosted.by;
  if (api === "chat/completions") return asking.api !== "responses" || name === "reasoning_effort";
  return asking.api === "completions" && asking.template === undefined;
}

const LIMITS: Readonly<Record<string, string>> = {
  max_tokens: "max_completion_tokens",
  max_completion_tokens: "max_tokens",
};

/**
 * What to write in regions.yaml, where a list stands for the family's. Completions that are not asked for by chat go
 * by the rules alone.
 */
function mendOf(
  model: string,
  {name: parameter, code}: RefusedParameter,
  {api, parameters}: Asking,
): string {
  if (parameter === OTHER) return "the client was told which; drop it by a mutation";
  if (!isChatting(api))
    return `traffic.mutations: {name: no-${parameter}, when: {models: [${model}]}, drop: [${parameter}]}`;
  const isEffort = parameter === "reasoning_effort" && parameters.effort !== undefined;
  if (isEffort && code !== "unsupported_parameter")
    return `models.${model}.parameters: {effort: ...}, one that the host's message names`;
  const limit = LIMITS[parameter];
  const refuses = [...(parameters.refuses ?? []), parameter].join(", ");
  const said = limit ? `{limit: ${limit}}` : `{refuses: [${refuses}]}`;
  return `models.${model}.parameters: ${said}`;
}
