import {z} from "zod";

/** An answer of Azure Resource Manager that is none, in words that may be printed. */
export class ArmError extends Error {
  /** HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** Azure's own word, e.g. `AuthorizationFailed`. */
  readonly code: string | undefined;
  /** Whether it may be gone when asked again. */
  readonly passing: boolean;

  constructor(
    message: string,
    {
      status,
      code,
      passing = false,
      cause,
    }: ErrorOptions & {status?: number; code?: string; passing?: boolean} = {},
  ) {
    super(message, {cause});
    this.status = status;
    this.code = code;
    this.passing = passing;
  }

  /** The same, where Azure wants us to wait for longer than we do. */
  after(waitMs: number): ArmError {
    const {status, code} = this;
    const text = `${this.message}; Azure takes no more questions for ${Math.ceil(waitMs / 1000)} s`;
    return new ArmError(text, {cause: this, ...(status && {status}), ...(code && {code})});
  }
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, and a gateway's own. */
const PASSING = [408, 429, 500, 502, 503, 504];

const envelope = z.object({
  error: z.object({code: z.string().default(""), message: z.string().default("")}),
});

/** Reads Azure's envelope, `{"error": {"code", "message"}}`; a gateway's page has none. */
export function errorOf(status: number, text: string): ArmError {
  const {code, message} = envelopeOf(text);
  const said = [code, message].filter(Boolean).join(": ");
  return new ArmError(oneLine(`${status} ${said || "without a reason"}`), {
    status,
    ...(code && {code}),
    passing: PASSING.includes(status),
  });
}

function envelopeOf(text: string): {code: string; message: string} {
  try {
    return envelope.parse(JSON.parse(text)).error;
  } catch {
    return {code: "", message: ""};
  }
}

/** Long enough for Azure's longest sentence that helps. */
const LONGEST = 300;

/** A text from elsewhere as it may be printed: on one line, without a terminal's controls, and no token. */
export function oneLine(text: string): string {
  const plain = text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .replaceAll(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, "[token]")
    .trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}

/** What is wanted is not there, nor is its group: nothing was brought up yet. */
export const isMissing = (error: unknown): boolean =>
  error instanceof ArmError && error.status === 404 && error.code !== "SubscriptionNotFound";
