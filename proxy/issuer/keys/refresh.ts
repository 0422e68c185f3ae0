import {z} from "zod";
import {jsonIn} from "../../json.ts";
import type {PersonalKeyTerms} from "../config.ts";
import type {Exchange} from "../exchange.ts";
import {askProvider, bodyOf, deadline, type Reply} from "../provider.ts";
import type {ProviderKeys} from "../provider-keys.ts";
import {asRefusal, Refusal} from "../refusal.ts";

/** RFC 6749, sections 5.1 and 5.2. */
const given = z.object({access_token: z.string().min(1)});
const refused = z.object({error: z.string().regex(/^\w{1,64}$/)});

/**
 * The user is to blame, or was let go: RFC 6749, section 5.2, and what a provider says that wants the user
 * at a browser again (OpenID Connect Core, section 3.1.2.6; Microsoft Entra says so of a refresh token too).
 */
const OF_USER = ["invalid_grant", "interaction_required", "login_required", "consent_required"];

const NOT_OURS =
  "the access token of the app of personal keys is not good: see that service.tokens.keys.scopes asks for exchange.audience";
const NO_ENDPOINT = "the provider's discovery document names no token_endpoint by https";

/** Takes refresh tokens: redeems one for an access token, which `exchange` then judges. */
export function createRefresh(
  {clientId, scopes}: PersonalKeyTerms,
  {keys, exchange}: {keys: ProviderKeys; exchange: Exchange},
): Exchange {
  return async (credential) => {
    const {token} = await keys.endpoints();
    if (token === undefined) throw new Refusal("EXCHANGE_LOST", {cause: new Error(NO_ENDPOINT)});
    const reply = await askProvider(token, {
      method: "POST",
      headers: {accept: "application/json"},
      body: new URLSearchParams({
        grant_type: "refresh_token",
        client_id: clientId,
        refresh_token: credential,
        ...(scopes.length > 0 && {scope: scopes.join(" ")}),
      }),
      signal: deadline(),
    });
    if (reply.status === 400 || reply.status === 401) throw refusalBy(reply);
    return exchange(bodyOf(reply, given).access_token).catch(ofApp);
  };
}

/** An access token that was given this moment is not the user's fault. What refused it may hold the user's claims. */
function ofApp(cause: unknown): never {
  if (asRefusal(cause).code !== "CREDENTIAL_REFUSED") throw cause;
  throw new Refusal("EXCHANGE_LOST", {cause: new Error(NOT_OURS)});
}

/** The provider's words may hold a user's name; its code does not. */
function refusalBy({url, text}: Reply): Refusal {
  const code = codeIn(text);
  if (OF_USER.includes(code)) return new Refusal("CREDENTIAL_REFUSED");
  const cause = new Error(`${url} refused the app of personal keys: ${code}`);
  return new Refusal("EXCHANGE_LOST", {cause});
}

const codeIn = (text: string): string =>
  refused.safeParse(jsonIn(text)).data?.error ?? "it gave no code";
