import {z} from "zod";

/** The operations of an Azure OpenAI account's data plane that make completions, Mistral's and llama-server's. */
export type Api = OpenAiApi | "responses" | "fim/completions" | "infill";
export type OpenAiApi = "completions" | "chat/completions";

export interface Refusal {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it comes after a 200, as the first event of the stream. */
  readonly within?: boolean;
}

const fault = (status: number, code: string, message: string): Refusal => ({
  status,
  body: {error: {code, message}},
});

const invalid = (message: string, param: string | null = null): Refusal => ({
  status: 400,
  body: {error: {message, type: "invalid_request_error", param, code: null}},
});

/** Azure's own words, as its users report them. */
export const refusals = {
  keyWrong: fault(
    401,
    "401",
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
  ),
  keysDisabled: fault(
    403,
    "AuthenticationTypeDisabled",
    "Key based authentication is disabled for this resource.",
  ),
  tokenWrong: {
    status: 401,
    body: {
      statusCode: 401,
      message:
        "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
    },
  },
  /** What users of azure-ai-inference and of Foundry are told of a role that they do not have yet. */
  roleMissing: fault(
    401,
    "PermissionDenied",
    "The principal `00000000-0000-0000-0000-000000000000` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` to perform `POST /openai/deployments/{deployment-id}/chat/completions` operation.",
  ),
  pathUnknown: fault(404, "404", "Resource not found"),
  deploymentUnknown: fault(
    404,
    "DeploymentNotFound",
    "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
  ),
  /**
   * articles/foundry/openai/includes/concepts-model-retirements-content.md names the status alone: "410 Gone".
   */
  retired: (deployment: string) =>
    fault(410, "410", `The model of the deployment ${deployment} has been retired.`),
  bodyLong: fault(413, "413", "Request body too large"),
  bodyNotJson: invalid(
    "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.",
  ),
  lost: fault(
    500,
    "InternalServerError",
    "The server had an error while processing your request. Sorry about that!",
  ),
  /** In these words from Azure OpenAI's gateway: BerriAI/litellm's reports have both limits, call and token. */
  busy: ({api, version}: Target, {exceeded, waitMs}: Exceeded): Refusal => {
    const waitS = Math.ceil(waitMs / 1000);
    return {
      ...fault(
        429,
        "429",
        `Requests to the ${api === "completions" ? "Completions_Create" : "ChatCompletions_Create"} Operation under Azure OpenAI API version ${version} have exceeded ${exceeded} rate limit of your current OpenAI S0 pricing tier. Please retry after ${waitS} second${waitS === 1 ? "" : "s"}. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.`,
      ),
      headers: {"retry-after": `${waitS}`, "retry-after-ms": `${waitMs}`},
    };
  },
  /**
   * The model's own servers in place of the gateway, once a stream has begun: a load test of gpt-5.6-luna at
   * DataZoneStandard in Sweden Central, 2026-09-11, saw 473 of 473 refusals so, and no header to wait by.
   */
  busyWithin: (model: string, deployment: string, location: string): Refusal => ({
    status: 429,
    body: {
      error: {
        message: `Your requests to ${model} for ${deployment} in ${location} have exceeded rate limit.`,
        type: "too_many_requests",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
    within: true,
  }),
} as const;

/** Which limit, and how long until there is room again. */
export interface Exceeded {
  readonly exceeded: "call" | "token";
  readonly waitMs: number;
}

/** Whose paths a host understands. Azure's name a deployment; OpenAI's leave that to the body. */
export type Paths = "azure" | "openai";

export interface Target {
  readonly deployment: string | undefined;
  readonly api: Api;
  readonly version: string;
}

/** What a path asks for; undefined where nothing is served there, as without Azure's `api-version`. */
export function parsePath(path: string, paths: Paths): Target | undefined {
  const {pathname = "", searchParams} = URL.parse(path, "https://host") ?? {};
  if (paths === "openai") {
    const api = /\/(?:v1\/((?:(?:chat|fim)\/)?completions|responses)|(infill))$/
      .exec(pathname)
      ?.slice(1)
      .find(Boolean);
    return api === undefined ? undefined : {deployment: undefined, api: api as Api, version: "v1"};
  }
  // It names the deployment in the body, and no version: articles/foundry/openai/how-to/reasoning.md.
  if (pathname === "/openai/v1/responses")
    return {deployment: undefined, api: "responses", version: "v1"};
  const found = /^\/openai\/deployments\/([^/]+)\/((?:chat\/)?completions)$/.exec(pathname);
  const version = searchParams?.get("api-version");
  if (!found || !version) return undefined;
  return {deployment: found[1]!, api: found[2] as Api, version};
}

/** Parameters that the completer has no use for. */
const ignored = z.unknown().optional();
const common = {
  model: ignored,
  max_tokens: z.int().min(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .strictObject({
      include_usage: z.boolean().nullish(),
      include_obfuscation: z.boolean().nullish(),
    })
    .nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: ignored,
  presence_penalty: ignored,
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  logprobs: ignored,
  seed: ignored,
  user: ignored,
};
/** A text, or its parts, some of which may be pictures. */
const content = z.union([
  z.string(),
  z
    .array(z.looseObject({text: z.string().default("")}))
    .transform((parts) => parts.map(({text}) => text).join("")),
]);
const schemas = {
  completions: z.strictObject({
    ...common,
    prompt: z.union([z.string(), z.array(z.string()).length(1)]).default(""),
    suffix: z.string().nullish(),
    best_of: ignored,
    echo: ignored,
  }),
  "chat/completions": z.strictObject({
    ...common,
    messages: z.array(z.looseObject({role: z.string(), content: content.nullish()})).min(1),
    max_completion_tokens: z.int().min(1).nullish(),
    functions: ignored,
    function_call: ignored,
    metadata: ignored,
    modalities: ignored,
    parallel_tool_calls: ignored,
    prediction: ignored,
    prompt_cache_key: ignored,
    reasoning_effort: z.string().nullish(),
    response_format: ignored,
    safety_identifier: ignored,
    service_tier: ignored,
    store: ignored,
    tools: ignored,
    tool_choice: ignored,
    top_logprobs: ignored,
    verbosity: ignored,
    data_sources: ignored,
  }),
};

/** What is to be completed, and how. */
export interface Order {
  /** The model that the body names; Azure goes by the path instead. */
  readonly model: string;
  readonly prompt: string;
  readonly suffix: string;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly choices: number;
  readonly stream: boolean;
  /** Whether the last event of a stream tells what it took. */
  readonly usage: boolean;
  /** Ids of the tokens that `logit_bias` makes impossible. */
  readonly forbidden: readonly string[];
  /** All parameters in the body, by name. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** OpenAI's reference, `logit_bias`: "values like -100 or 100 should result in a ban or exclusive selection". */
const BAN = -100;

/** Documented defaults of `max_tokens`: 16 for completions; a chat has none, and 4096 is more than any here takes. */
const DEFAULT_TOKENS = {completions: 16, "chat/completions": 4096};

/** Reads a body. Unknown parameters are refused, as Azure refuses them. */
export function parseBody(api: OpenAiApi, body: string): Order | Refusal {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    return refusals.bodyNotJson;
  }
  const {data, error} = schemas[api].safeParse(given);
  if (error) return refusalOf(error);
  const {max_tokens, n, stop, stream, stream_options, logit_bias} = data;
  if (stream_options && !stream) return OPTIONS_WITHOUT_STREAM;
  const limit = max_tokens ?? ("messages" in data ? data.max_completion_tokens : undefined);
  return {
    model: String(data.model ?? ""),
    ...("messages" in data
      ? gapOf(data.messages.findLast(({role}) => role === "user")?.content ?? "")
      : {prompt: [data.prompt].flat().join(""), suffix: data.suffix ?? ""}),
    maxTokens: limit ?? DEFAULT_TOKENS[api],
    stop: [stop ?? []].flat().filter(Boolean),
    choices: n ?? 1,
    stream: stream ?? false,
    usage: stream_options?.include_usage ?? false,
    forbidden: Object.keys(logit_bias ?? {}).filter((id) => logit_bias![id]! <= BAN),
    parameters: data,
  };
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options: "Only set this when you set stream: true". */
const OPTIONS_WITHOUT_STREAM = invalid(
  "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
  "stream_options",
);

/** A text with a gap to be filled, as proxy/dialects/hosts/chat.ts asks for a completion; else it is continued. */
function gapOf(text: string): {prompt: string; suffix: string} {
  const place = text.lastIndexOf(GAP);
  if (place < 0) return {prompt: text, suffix: ""};
  return {prompt: text.slice(0, place), suffix: text.slice(place + GAP.length)};
}

const GAP = "<gap/>";

function refusalOf(error: z.ZodError): Refusal {
  const unknown = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [],
  );
  if (unknown.length === 0) {
    const {path, message} = error.issues[0]!;
    return invalid(`${path.join(".") || "body"}: ${message}`, path.join(".") || null);
  }
  return invalid(
    `Unrecognized request argument${unknown.length > 1 ? "s" : ""} supplied: ${unknown.join(", ")}`,
  );
}
