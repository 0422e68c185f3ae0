import {z} from "zod";
import {askJson, requirePrivate, type Said} from "./ask.ts";

/** The device login of OAuth 2.0, RFC 8628: a person approves it in a browser, wherever that is. */

/** Where a login is begun and where its outcome is asked for, and as which app. */
export interface LoginPlace {
  readonly authorize: string;
  readonly token: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** What the person does: opens `url` and enters `code` there. */
export interface Invitation {
  readonly url: string;
  readonly code: string;
  /** Until then. */
  readonly endsMs: number;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  /** Seconds; undefined where the access token has no end. */
  readonly expires_in?: number | undefined;
}

export interface Surroundings {
  invite(invitation: Invitation): void;
  sleep(ms: number): Promise<unknown>;
  now(): number;
}

/** Section 3.2; Google's older name for the address is not taken. */
const begunSchema = z.object({
  device_code: z.string().min(1),
  // Both are shown: what a server sends is not to move the terminal's cursor.
  user_code: z.string().regex(/^[\x20-\x7e]+$/),
  verification_uri: z.url({protocol: /^https?$/}).regex(/^[\x21-\x7e]+$/),
  expires_in: z.number().positive(),
  interval: z.number().positive().default(5),
});
const tokensSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().optional(),
});
const refusedSchema = z.object({error: z.string().min(1), interval: z.number().optional()});

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** Section 3.5: for this and all later requests. */
const SLOWER_MS = 5000;
/** A provider that is in trouble is asked no seldomer, or the code ends while the login has long been approved. */
const SLOWEST_MS = 30_000;

/** Resolves once the person has approved. Rejects with an Error that says what to do. */
export async function logIn(place: LoginPlace, surroundings: Surroundings): Promise<Tokens> {
  const {clientId: client_id, scopes} = place;
  requirePrivate(place.token);
  const scope = scopes.join(" ");
  const said = await askJson(place.authorize, {form: {client_id, ...(scope && {scope})}});
  const {data: begun} = begunSchema.safeParse(said.body);
  if (!begun) throw new Error(notBegun(place, said));
  const {now, invite} = surroundings;
  const endsMs = now() + begun.expires_in * 1000;
  invite({url: begun.verification_uri, code: begun.user_code, endsMs});
  const form = {grant_type: GRANT, client_id, device_code: begun.device_code};
  return poll(place, {form, endsMs, intervalMs: begun.interval * 1000}, surroundings);
}

interface Polling {
  readonly form: Readonly<Record<string, string>>;
  readonly endsMs: number;
  readonly intervalMs: number;
}

async function poll(
  {token}: LoginPlace,
  {form, endsMs, intervalMs}: Polling,
  {sleep, now}: Surroundings,
): Promise<Tokens> {
  for (let waitMs = intervalMs; ; ) {
    await sleep(Math.min(waitMs, endsMs - now()));
    if (now() >= endsMs) throw new Error(EXPIRED);
    const said = await askJson(token, {form}).catch(() => undefined);
    const {data: tokens} = tokensSchema.safeParse(said?.body);
    if (tokens) return tokens;
    waitMs = nextWait(waitMs, said, token);
  }
}

/** How long to wait until the next request. Throws where there is none. */
function nextWait(waitMs: number, said: Said | undefined, url: string): number {
  const {data: refused} = refusedSchema.safeParse(said?.body);
  // Section 3.5: less often, for instance half as often.
  if (said === undefined || said.status === 429 || said.status >= 500)
    return Math.min(waitMs * 2, Math.max(waitMs, SLOWEST_MS));
  if (!refused) throw new Error(`${url} answered ${said.status}, and nothing that a login knows.`);
  switch (refused.error) {
    case "authorization_pending":
      return waitMs;
    case "slow_down":
      // GitHub says how long from now on.
      return Math.max(waitMs + SLOWER_MS, (refused.interval ?? 0) * 1000);
    // Microsoft Entra has a name of its own for it.
    case "access_denied":
    case "authorization_declined":
      throw new Error(
        "The login was turned down in the browser. Run npm run key again to try again.",
      );
    case "expired_token":
      throw new Error(EXPIRED);
    default:
      throw new Error(`${url} refused the login: ${reasonOf(said)}`);
  }
}

const EXPIRED = "Nobody entered the code in time. Run npm run key again; it shows a new one.";

/** GitHub's `device_flow_disabled`, everyone's `invalid_client` and `unauthorized_client`: the app's owner has to act. */
const notBegun = ({authorize, clientId}: LoginPlace, said: Said) =>
  `${authorize} begins no login of the app ${clientId}: ${reasonOf(said)}
Have its owner allow the device login, and see that service.tokens.keys.clientId in regions.yaml is its id.`;

const reasonSchema = z.object({error: z.string(), error_description: z.string().optional()});

function reasonOf({status, body}: Said): string {
  const {data} = reasonSchema.safeParse(body);
  if (!data) return `it answered ${status}.`;
  const {error, error_description: words = ""} = data;
  return `${error} (${words})`.replace(" ()", "").replaceAll(/[^\x20-\x7e]+/g, " ");
}
