import {jsonOf} from "../../editor/json.ts";
import {retryAfterMs} from "../../editor/retry-after.ts";

/** What a server answered; `body` is undefined where it is no JSON. */
export interface Said {
  readonly status: number;
  readonly body: unknown;
  /** How long it asks to wait. */
  readonly waitMs: number | undefined;
}

export interface Question {
  /** Sent by POST. */
  readonly form?: Readonly<Record<string, string>>;
  /** GET if neither this nor a form is given. */
  readonly method?: "POST" | "DELETE";
  readonly credential?: string;
}

/** Longer than an issuer waits for its provider. */
const TIMEOUT_MS = 20_000;

/** Asks for JSON. Rejects, with an Error that says what to do, where there is no answer. */
export async function askJson(url: string | URL, question: Question = {}): Promise<Said> {
  requirePrivate(url);
  try {
    const answer = await fetch(url, initOf(question));
    const {status, headers} = answer;
    const waitMs = retryAfterMs(headers.get("retry-after"));
    return {status, body: jsonOf(await answer.text()), waitMs};
  } catch (error) {
    const {message, cause} = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new Error(
      `${new URL(url).origin} gave no answer (${why}). See whether the address is right, and can be reached from here.`,
      {cause: error},
    );
  }
}

const initOf = ({form, method, credential}: Question): RequestInit => ({
  method: method ?? (form ? "POST" : "GET"),
  headers: {
    accept: "application/json",
    ...(credential !== undefined && {authorization: `Bearer ${credential}`}),
  },
  ...(form && {body: new URLSearchParams(form)}),
  // Followed, a redirect would take the credential to an address that nobody chose.
  redirect: "error",
  signal: AbortSignal.timeout(TIMEOUT_MS),
});

/** Throws where credentials would go over a network that others may read. */
export function requirePrivate(url: string | URL): void {
  const {protocol, hostname, href} = new URL(url);
  if (protocol === "https:" || hostname === "127.0.0.1") return;
  throw new Error(`${href} is not an https address, and credentials are to go there.`);
}
