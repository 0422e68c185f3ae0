/** Why no token was given. A 401 signs the user out of the editor, a 403 does not. */
const table = {
  CREDENTIAL_MISSING: [401, "No credential; send Authorization: Bearer <credential>."],
  CREDENTIAL_REFUSED: [401, "The credential is not valid any more; sign in again."],
  PATH_UNKNOWN: [404, "There is nothing at this path."],
  METHOD_WRONG: [405, "This path takes GET."],
  INTERNAL: [500, "The issuer failed; retry, and report the request id if it stays."],
  EXCHANGE_LOST: [503, "The identity provider did not answer; retry in a little while."],
} as const;

export class Refusal extends Error {
  readonly code: keyof typeof table;
  readonly status: number;
  constructor(code: keyof typeof table, options?: ErrorOptions) {
    const [status, message] = table[code];
    super(message, options);
    this.code = code;
    this.status = status;
  }
}
