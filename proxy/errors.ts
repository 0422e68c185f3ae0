import {bodyOf, CodedError} from "./coded-error.ts";
import type {OutgoingFields} from "./http2/hpack/encoder.ts";

/**
 * Everything that can go wrong for a client: status, OpenAI's error type, and a message that is safe
 * to show and says how to mend it. Which status makes which client do what: docs/contract.md.
 */
const table = {
  BODY_INVALID: [400, "invalid_request_error", "The body is not a JSON object; send one."],
  MODEL_MISSING: [400, "invalid_request_error", 'The body names no model; add "model".'],
  PARAMETER_UNFIT: [
    400,
    "invalid_request_error",
    'This model takes one text as its prompt; send "prompt" as a string.',
  ],
  TOKEN_MISSING: [401, "authentication_error", "No token; send Authorization: Bearer <token>."],
  TOKEN_INVALID: [401, "authentication_error", "The token is not valid here; fetch a new one."],
  TOKEN_EXPIRED: [401, "authentication_error", "The token has expired; fetch a new one."],
  TOKEN_REVOKED: [401, "authentication_error", "The token was revoked; sign in again."],
  KEY_REFUSED: [401, "authentication_error", "The key is not valid here; make a new one."],
  KEY_SPENT: [402, "insufficient_quota", "Your share is used up; ask your administrator for more."],
  KEY_FORBIDDEN: [
    403,
    "permission_error",
    "The key may not use this service; ask your administrator.",
  ],
  MODEL_FORBIDDEN: [
    403,
    "permission_error",
    "The token does not cover this model; ask for access.",
  ],
  PATH_UNKNOWN: [404, "invalid_request_error", "There is nothing at this path."],
  MODEL_UNKNOWN: [404, "invalid_request_error", "There is no such model; GET /models lists them."],
  METHOD_WRONG: [
    405,
    "invalid_request_error",
    "This path does not take that method; use one that Allow names.",
  ],
  CLIENT_REFUSED: [466, "invalid_request_error", "This client is not supported; upgrade it."],
  USER_BUSY: [429, "rate_limit_error", "You ask too often; retry after the time given."],
  USER_STREAMS: [429, "rate_limit_error", "Too many requests of yours are under way; end some."],
  USER_BYTES: [429, "rate_limit_error", "Your requests under way are too large; end some."],
  BODY_SLOW: [408, "invalid_request_error", "The body did not arrive in time; send it again."],
  BODY_LARGE: [413, "invalid_request_error", "The body is too large; send a shorter prompt."],
  BODY_NOT_JSON: [415, "invalid_request_error", "Send the body as Content-Type: application/json."],
  CODING_UNKNOWN: [
    415,
    "invalid_request_error",
    "The body's Content-Encoding is not known here; send it plain, or as gzip, br or zstd.",
  ],
  INTERNAL: [
    500,
    "server_error",
    "The proxy failed; retry, and report the request id if it stays.",
  ],
  PROXY_FULL: [503, "server_error", "The proxy has no room for the body; retry in a little while."],
  KEY_BUSY: [429, "rate_limit_error", "Your key is tried too often; retry after the time given."],
  ADDRESS_BUSY: [
    429,
    "rate_limit_error",
    "Too many keys from your address are tried or were refused; retry after the time given.",
  ],
  KEYS_FULL: [
    503,
    "server_error",
    "Too many new keys are tried at once; retry after the time given.",
  ],
  ISSUER_LOST: [
    503,
    "server_error",
    "Your key cannot be checked at the moment; retry after the time given.",
  ],
  UPSTREAM_BUSY: [429, "rate_limit_error", "No deployment has room; retry after the time given."],
  MODEL_RETIRED: [
    502,
    "server_error",
    "The model was retired and none takes its place; ask your platform team to name a successor.",
  ],
  UPSTREAM_LOST: [502, "server_error", "The model host did not answer; retry once."],
  UPSTREAM_SLOW: [504, "server_error", "The model host did not answer in time; retry once."],
} as const;

export type ErrorCode = keyof typeof table;

export interface ProxyErrorOptions extends ErrorOptions {
  /** Over the table's, where a rule of the policy names its own. */
  readonly status?: number;
  readonly message?: string;
  /** Seconds until it is worth asking again. */
  readonly retryAfterS?: number | undefined;
  /** Beside those that every error has. */
  readonly headers?: OutgoingFields;
}

export class ProxyError extends CodedError<ErrorCode> {
  readonly retryAfterS: number | undefined;
  readonly headers: OutgoingFields;
  /** Whether it says what the table says of its code. */
  readonly isUsual: boolean;
  constructor(code: ErrorCode, {retryAfterS, headers = {}, ...options}: ProxyErrorOptions = {}) {
    super(table, code, options);
    this.retryAfterS = retryAfterS;
    this.headers = headers;
    this.isUsual = options.status === undefined && options.message === undefined;
  }
}

/** The body as it is sent. */
export const errorBody = (error: ProxyError): string => JSON.stringify(bodyOf(error));

/** On every answer: without `x-github-request-id` some clients take a 4xx for a firewall's. */
export function idHeaders(id: string): OutgoingFields {
  return {"x-request-id": id, "x-github-request-id": id};
}
