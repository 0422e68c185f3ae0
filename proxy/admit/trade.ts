import type {Logger} from "pino";
import {z} from "zod";
import {type ErrorCode, ProxyError} from "../errors.ts";
import {retryAfterS} from "../retry-after.ts";

/** What the issuer gives for a key. */
export type Ticket = z.output<typeof ticketSchema>;

const ticketSchema = z.object({
  token: z.string().min(1),
  /** Unix seconds. */
  expires_at: z.number(),
  /** Seconds. */
  refresh_in: z.number().positive(),
});
const refusalSchema = z.object({message: z.string()});

const PATH = "/copilot_internal/v2/token";
/** Longer than the issuer waits for its provider. */
const TIMEOUT_MS = 8000;
/** Unless the issuer says how long. */
const WAIT_S = 10;
/** What the issuer takes: it reads 16 KB of headers, and no characters beyond these. */
const MAX_KEY_CHARACTERS = 8192;
const KEY = /^[\x21-\x7e]+$/;

const codes: Readonly<Record<number, ErrorCode>> = {
  401: "KEY_REFUSED",
  402: "KEY_SPENT",
  403: "KEY_FORBIDDEN",
  429: "KEY_BUSY",
  503: "ISSUER_LOST",
};

/** Trades keys at the region's issuer. Rejects with ProxyError KEY_* or ISSUER_LOST, in the issuer's words. */
export function createTrade({issuer, log}: {issuer: string; log: Logger}) {
  const url = new URL(PATH, issuer);

  return async (key: string): Promise<Ticket> => {
    if (key.length > MAX_KEY_CHARACTERS || !KEY.test(key)) throw new ProxyError("KEY_REFUSED");
    try {
      const answer = await askIssuer(url, key);
      const body: unknown = await answer.json();
      if (answer.status === 200) return ticketSchema.parse(body);
      throw refusalOf(answer, body);
    } catch (cause) {
      if (cause instanceof ProxyError) throw cause;
      log.warn({err: cause}, "the issuer gave no answer to a key");
      throw new ProxyError("ISSUER_LOST", {retryAfterS: WAIT_S});
    }
  };
}

/** Once more where a connection that was kept turns out to be gone: its pod has been replaced. */
async function askIssuer(url: URL, key: string): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const ask = () =>
    fetch(url, {headers: {authorization: `Bearer ${key}`}, redirect: "error", signal});
  return ask().catch((cause) => {
    if (signal.aborted) throw cause;
    return ask();
  });
}

/** Statuses that the issuer has no words for stand for its own trouble. */
function refusalOf({status, headers}: Response, body: unknown): ProxyError {
  const code = codes[status];
  if (!code) throw new Error(`it answered ${status}`);
  const {message} = refusalSchema.parse(body);
  return new ProxyError(code, {message, retryAfterS: retryAfterS(headers.get("retry-after"))});
}
