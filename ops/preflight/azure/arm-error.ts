import {z} from "zod";

/** A question that Azure Resource Manager did not answer, in words that are safe to print. */
export class ArmError extends Error {
  /** HTTP status; undefined if nothing came back. */
  readonly status: number | undefined;
  /** Azure's error code, such as `AuthorizationFailed`. */
  readonly code: string | undefined;
  /** Whether asking again may succeed. */
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

  /** The same error, once Azure has asked us to wait for longer than we are ready to. */
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

/** Enough for the longest of Azure's messages that helps. */
const LONGEST = 300;

/** Makes a foreign text safe to print: one line, without control characters or tokens. */
export function oneLine(text: string): string {
  const plain = text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .replaceAll(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, "[token]")
    .trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}

/** Whether the resource, or its whole group, does not exist: nothing has been brought up yet. */
export const isMissing = (error: unknown): boolean =>
  error instanceof ArmError && error.status === 404 && error.code !== "SubscriptionNotFound";
