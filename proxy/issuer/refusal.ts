import {bodyOf, CodedError} from "../coded-error.ts";

/**
 * Why no token was given: status, OpenAI's error type, and a message that is safe to show. A 401 signs
 * the user out of the editor, so it is said only where the credential is known to be bad; a 403 does
 * not, and is asked again with the next completion.
 */
const table = {
  REQUEST_INVALID: [400, "invalid_request_error", "This is not a request in HTTP/1.1."],
  CREDENTIAL_MISSING: [
    401,
    "authentication_error",
    "No credential; send Authorization: Bearer <credential>.",
  ],
  CREDENTIAL_REFUSED: [
    401,
    "authentication_error",
    "The credential is not valid any more; sign in again.",
  ],
  PERSONAL_KEY_EXPIRED: [
    401,
    "authentication_error",
    "Your personal key has expired; make a new one with npm run key.",
  ],
  PERSONAL_KEY_REFUSED: [
    401,
    "authentication_error",
    "This personal key is not good here, or not any more; make a new one with npm run key.",
  ],
  QUOTA_REACHED: [
    402,
    "insufficient_quota",
    "Your share is used up; ask your administrator for more.",
  ],
  ACCESS_REFUSED: [
    403,
    "permission_error",
    "The identity provider does not let this credential in; ask your administrator.",
  ],
  ORGANIZATION_REQUIRED: [
    403,
    "permission_error",
    "You are in none of the organizations that may use this service, or the credential may not tell: join one, or grant it read:org.",
  ],
  CREDENTIAL_ONCE: [
    403,
    "permission_error",
    "The identity provider takes your sign-in once only, and a key needs it again and again; ask your administrator to turn off the rotation of refresh tokens for this app.",
  ],
  CREDENTIAL_LARGE: [
    403,
    "permission_error",
    "The identity provider's credential is too large for a key; ask your administrator for smaller ones.",
  ],
  KEY_UNENDED: [
    403,
    "permission_error",
    "The identity provider cannot take back one sign-in by itself; ask your platform team to revoke the key by its id.",
  ],
  SCOPE_REQUIRED: [
    403,
    "permission_error",
    "The credential lacks a scope that this service asks for; sign in again and grant it.",
  ],
  GROUP_REQUIRED: [
    403,
    "permission_error",
    "You are in none of the groups that may use this service; ask your administrator.",
  ],
  USER_UNNAMED: [
    403,
    "permission_error",
    "The identity provider gives you no name that a token can hold; tell your administrator.",
  ],
  PATH_UNKNOWN: [404, "invalid_request_error", "There is nothing at this path."],
  METHOD_WRONG: [405, "invalid_request_error", "This path does not take that method."],
  REQUEST_SLOW: [
    408,
    "invalid_request_error",
    "The request did not arrive in time; send it again.",
  ],
  ASKED_TOO_OFTEN: [429, "rate_limit_error", "You ask too often; retry after the time given."],
  KEYS_MANY: [
    429,
    "rate_limit_error",
    "You have made many keys of late; use one of them, or make another tomorrow.",
  ],
  PROVIDER_BUSY: [
    429,
    "rate_limit_error",
    "The identity provider is asked too often for you; retry after the time given.",
  ],
  HEADERS_LARGE: [431, "invalid_request_error", "The headers are too large; send fewer."],
  INTERNAL: [
    500,
    "server_error",
    "The issuer failed; retry, and report the request id if it stays.",
  ],
  EXCHANGE_LOST: [
    503,
    "server_error",
    "The identity provider did not answer; retry after the time given.",
  ],
  KEY_UNKNOWN: [
    503,
    "server_error",
    "The credential's key is not known yet; retry after the time given.",
  ],
} as const;

export interface RefusalOptions extends ErrorOptions {
  /** Seconds until it is worth asking again, where somebody said so. */
  readonly retryAfterS?: number | undefined;
}

export class Refusal extends CodedError<keyof typeof table> {
  /** Seconds; of 429 and 503 alone, but for those that are over tomorrow. */
  readonly retryAfterS: number | undefined;
  constructor(code: keyof typeof table, {retryAfterS, ...options}: RefusalOptions = {}) {
    super(table, code, options);
    const {status} = this;
    const isSoon = (status === 429 || status === 503) && code !== "KEYS_MANY";
    this.retryAfterS = isSoon ? waitOf(retryAfterS) : undefined;
  }
}

/** Editors take 3 to 30 seconds from the token endpoint, no less and no more. */
const WAIT_S = {least: 3, most: 30, unless: 10};

function waitOf(asked = WAIT_S.unless): number {
  return Math.min(WAIT_S.most, Math.max(WAIT_S.least, Math.ceil(asked)));
}

/** The body: OpenAI's shape, and GitHub's `message` beside it. */
export function refusalBody(refusal: Refusal) {
  return {...bodyOf(refusal), message: refusal.message};
}

export function asRefusal(cause: unknown): Refusal {
  return cause instanceof Refusal ? cause : new Refusal("INTERNAL", {cause});
}
