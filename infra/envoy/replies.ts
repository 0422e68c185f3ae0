import type {Json} from "./json.ts";

/** An empty value leaves the header unchanged. */
const OVERWRITE = "OVERWRITE_IF_EXISTS_OR_ADD";

/** OpenAI's error type and code, a message with the remedy, and when to retry, by status. */
const table: Readonly<Record<number, Reply>> = {
  400: ["invalid_request_error", "request_invalid", "The request is not valid HTTP; mend it."],
  403: ["invalid_request_error", "upgrade_refused", "There is nothing to upgrade to; ask by HTTP."],
  404: ["invalid_request_error", "path_unknown", "There is nothing at this path."],
  408: [
    "invalid_request_error",
    "request_slow",
    "The request did not arrive in time; send it again.",
  ],
  413: ["invalid_request_error", "request_large", "The request is too large; send less."],
  426: [
    "invalid_request_error",
    "version_old",
    "HTTP/1.0 is not spoken here; use HTTP/1.1 or HTTP/2.",
  ],
  429: ["rate_limit_error", "edge_busy", "You ask too often; retry after the time given.", 5],
  431: ["invalid_request_error", "headers_large", "The headers are too large; send fewer."],
  500: [
    "server_error",
    "edge_failed",
    "The edge failed; retry, and report the request id if it stays.",
  ],
  501: [
    "invalid_request_error",
    "encoding_unknown",
    "The Transfer-Encoding is not known here; send chunked, or a Content-Length.",
  ],
  502: ["server_error", "proxy_lost", "The answer was lost on the way; retry once."],
  503: ["server_error", "proxy_missing", "No proxy could answer; retry in a little while.", 1],
  504: ["server_error", "proxy_slow", "No answer came in time; retry once."],
};

/** Where a filter says what it has refused a request for, if its status says less. */
export const REFUSED = {filter: "meridian.edge", key: "refused"} as const;
export const UNCERTIFIED = "certificate_missing";

const uncertified: Reply = [
  "invalid_request_error",
  UNCERTIFIED,
  "A client certificate is needed here; ask those who run this for one.",
];

type Reply = readonly [type: string, code: string, message: string, retryAfterS?: number];

/** Gives Envoy's own responses the same shape as the proxy's errors. */
export const localReplies = (options: {readonly certified: boolean}): Json => ({
  mappers: [
    ...(options.certified ? [mapper(refusedFor(UNCERTIFIED), uncertified)] : []),
    ...Object.entries(table).map(([status, reply]) => mapper(is("EQ", Number(status)), reply)),
    mapper(is("GE", 500), table[500] as Reply),
    mapper(is("GE", 400), table[400] as Reply),
  ],
});

function refusedFor(what: string): Json {
  const path = [{key: REFUSED.key}];
  const matcher = {filter: REFUSED.filter, path, value: {string_match: {exact: what}}};
  return {metadata_filter: {matcher, match_if_key_not_found: false}};
}

function is(op: "EQ" | "GE", status: number): Json {
  const value = {default_value: status, runtime_key: `edge.reply_${op}_${status}`};
  return {status_code_filter: {comparison: {op, value}}};
}

/**
 * On every response, because without `x-github-request-id` some clients attribute a 4xx to a firewall. A
 * request whose headers never arrived has no id, so it gets a new one.
 */
function idHeaders(): Json[] {
  return [
    header("x-request-id", "%REQ(X-REQUEST-ID)%", OVERWRITE),
    header("x-github-request-id", "%UNIQUE_ID%", OVERWRITE),
    header("x-github-request-id", "%REQ(X-REQUEST-ID)%", OVERWRITE),
  ];
}

function mapper(filter: Json, [type, code, message, retryAfterS]: Reply): Json {
  const retry = retryAfterS ? [header("retry-after", `${retryAfterS}`, "ADD_IF_ABSENT")] : [];
  return {
    filter,
    headers_to_add: [...idHeaders(), ...retry],
    body_format_override: {json_format: {error: {message, type, param: null, code}}},
  };
}

function header(key: string, value: string, append_action: string): Json {
  return {header: {key, value}, append_action};
}
