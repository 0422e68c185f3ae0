import type {Json} from "./json.ts";

/** With what is empty, it changes nothing. */
const OVERWRITE = "OVERWRITE_IF_EXISTS_OR_ADD";

/** By status: OpenAI's type and code, a message that says how to mend it, and when to ask again. */
const table: Readonly<Record<number, Reply>> = {
  400: ["invalid_request_error", "request_invalid", "The request is not valid HTTP; mend it."],
  408: [
    "invalid_request_error",
    "request_slow",
    "The request did not arrive in time; send it again.",
  ],
  429: ["rate_limit_error", "edge_busy", "You ask too often; retry after the time given.", 5],
  431: ["invalid_request_error", "headers_large", "The headers are too large; send fewer."],
  500: [
    "server_error",
    "edge_failed",
    "The edge failed; retry, and report the request id if it stays.",
  ],
  502: ["server_error", "proxy_lost", "The answer was lost on the way; retry once."],
  503: ["server_error", "proxy_missing", "No proxy could answer; retry in a little while.", 1],
  504: ["server_error", "proxy_slow", "No answer came in time; retry once."],
};

type Reply = readonly [type: string, code: string, message: string, retryAfterS?: number];

/** Answers that Envoy makes itself, in the shape of the proxy's own. */
export const localReplies: Json = {
  mappers: Object.entries(table).map(([status, reply]) => mapper(Number(status), reply)),
};

/**
 * On every answer: without `x-github-request-id` some clients take a 4xx for a firewall's. A request
 * whose headers never came has no id of its own, and is given one.
 */
function idHeaders(): Json[] {
  return [
    header("x-request-id", "%REQ(X-REQUEST-ID)%", OVERWRITE),
    header("x-github-request-id", "%UNIQUE_ID%", OVERWRITE),
    header("x-github-request-id", "%REQ(X-REQUEST-ID)%", OVERWRITE),
  ];
}

function mapper(status: number, [type, code, message, retryAfterS]: Reply): Json {
  const retry = retryAfterS ? [header("retry-after", `${retryAfterS}`, "ADD_IF_ABSENT")] : [];
  return {
    filter: {
      status_code_filter: {
        comparison: {op: "EQ", value: {default_value: status, runtime_key: `edge.reply_${status}`}},
      },
    },
    headers_to_add: [...idHeaders(), ...retry],
    body_format_override: {json_format: {error: {message, type, param: null, code}}},
  };
}

function header(key: string, value: string, append_action: string): Json {
  return {header: {key, value}, append_action};
}
