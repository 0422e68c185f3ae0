import {z} from "zod";
import type {Order, Refusal} from "../azure-openai.ts";
import {jsonIn} from "../json.ts";
import {parseVllmBody} from "../vllm.ts";

/** A completion as vLLM is asked for it. */
export interface VllmOrder extends Order {
  /** The whole prompt, with its signs. */
  readonly whole: string;
  readonly priority: number;
  readonly salt: string;
}

const error = (status: number, message: string, type: string, param: string | null = null) => ({
  status,
  body: {error: {message, type, param, code: status}},
});

export const refusals = {
  /** FastAPI's. */
  pathUnknown: {status: 404, body: {detail: "Not Found"}},
  /** vllm/entrypoints/openai/models/serving.py. */
  modelUnknown: (name: string) =>
    error(404, `The model \`${name}\` does not exist.`, "NotFoundError", "model"),
  /** vllm/renderers/params.py, of a prompt that leaves no room for an answer. */
  tooLong: (most: number, tokens: number, asked: number) =>
    error(
      400,
      `This model's maximum context length is ${most} tokens. However, you requested ${asked} output tokens and your prompt contains ${tokens} input tokens. Please reduce the length of the input prompt or the number of requested output tokens.`,
      "BadRequestError",
    ),
  /** vllm/engine/llm_engine.py, add_request. */
  notByPriority: (priority: number) =>
    error(
      400,
      `Got priority ${priority} but Priority scheduling is not enabled.`,
      "BadRequestError",
    ),
  /** vllm/entrypoints/generate/base/protocol.py, validate_cache_salt, as is the next. */
  saltEmpty: error(
    400,
    "Parameter 'cache_salt' must be a non-empty string if provided.",
    "BadRequestError",
  ),
  saltUnfit: error(
    400,
    "Parameter 'cache_salt' must be at most 128 characters and must not contain '@', '/', '\\\\', or NUL.",
    "BadRequestError",
  ),
  /** vllm-project/vllm, pull request 36666: new requests are rejected from the SIGTERM on. */
  leaving: error(503, "The server is shutting down.", "ServiceUnavailableError"),
} satisfies Readonly<Record<string, Refusal | ((...args: never[]) => Refusal)>>;

const own = z.looseObject({
  priority: z.int().nullish(),
  cache_salt: z.string().min(1).nullish(),
});

const SALT = /^[^@/\\\0]{1,128}$/;

/** Reads the body of a completion for a model of `family`. */
export function readOrder(
  body: string,
  {family, byPriority}: {family: string | undefined; byPriority: boolean},
): VllmOrder | Refusal {
  const {data, error: fault} = own.safeParse(jsonIn(body));
  if (fault?.issues.some(({path}) => path[0] === "cache_salt")) return refusals.saltEmpty;
  const {priority, cache_salt: salt, ...rest} = data ?? {};
  if (salt && !SALT.test(salt)) return refusals.saltUnfit;
  if (priority && !byPriority) return refusals.notByPriority(priority);
  const order = parseVllmBody(data ? JSON.stringify(rest) : body, family ?? "");
  if ("status" in order) return order;
  const whole = [order.parameters.prompt ?? ""].flat().join("");
  return {...order, whole, priority: priority ?? 0, salt: salt ?? ""};
}
