import {z} from "zod";
import {expiry, isMeantFor, requireScopes, userId} from "./claims.ts";
import type {IntrospectionExchange} from "./config.ts";
import type {Exchange} from "./exchange.ts";
import {askProvider, bodyOf, deadline} from "./provider.ts";
import {Refusal} from "./refusal.ts";

/** RFC 7662, section 2.2; what else is there is left to the checks. */
const answer = z.looseObject({active: z.boolean()});

/** Asks the server that gave the credential whether it still holds (RFC 7662). */
export function createIntrospection(
  {url, clientId, audience, scopes}: IntrospectionExchange,
  secret: () => string,
): Exchange {
  return async (credential) => {
    const reply = await askProvider(url, {
      method: "POST",
      headers: {accept: "application/json", authorization: basic(clientId, secret())},
      body: new URLSearchParams({token: credential, token_type_hint: "access_token"}),
      signal: deadline(),
    });
    // A 401 here is of our own secret (section 2.3): the user's credential is not to blame.
    const claims = bodyOf(reply, answer);
    if (!claims.active) throw new Refusal("CREDENTIAL_REFUSED");
    if (audience !== undefined && !isMeantFor(claims, audience))
      throw new Refusal("ACCESS_REFUSED");
    requireScopes(claims, scopes);
    return {
      id: userId("introspection", claims.sub ?? claims.username),
      untilMs: expiry(claims),
    };
  };
}

/** RFC 6749, section 2.3.1: both are form-encoded before they are joined. */
function basic(clientId: string, secret: string): string {
  const pair = [clientId, secret].map(formEncoded).join(":");
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams({"": text}).toString().slice(1);
}
