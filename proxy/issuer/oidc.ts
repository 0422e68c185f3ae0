import {jwtVerify} from "jose";
import {expiry, requireGroup, requireScopes, userId} from "./claims.ts";
import type {OidcExchange} from "./config.ts";
import type {Exchange} from "./exchange.ts";
import type {ProviderKeys} from "./provider-keys.ts";
import {Refusal} from "./refusal.ts";
import {isPlain} from "./spelling.ts";

/** Those that a public key checks. Never taken from the token: that is how `none` and HMAC get in. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
/** Clocks of provider and issuer may differ by this much. */
const SKEW_S = 30;

/** Checks a company's access token with the keys of the provider that signed it. */
export function createOidc(
  {issuer, audience, claim, scopes, groups}: OidcExchange,
  keys: ProviderKeys,
): Exchange {
  return async (credential) => {
    const claims = await verify(credential);
    requireScopes(claims, scopes);
    requireGroup(claims, groups);
    return {id: userId("oidc", claims[claim]), untilMs: expiry(claims)};
  };

  async function verify(credential: string) {
    if (!isPlain(credential)) throw new Refusal("CREDENTIAL_REFUSED");
    const getKey = await keys.current();
    // Keys that were just read are not read again: a key made since is not known to be bad.
    const isNew = getKey.coolingDown;
    try {
      const options = {issuer, audience, algorithms: ALGORITHMS, clockTolerance: SKEW_S};
      return (await jwtVerify(credential, getKey, {...options, requiredClaims: ["exp"]})).payload;
    } catch (cause) {
      if (cause instanceof Refusal) throw cause;
      const {code} = cause as {code?: string};
      const waits = isNew && code === "ERR_JWKS_NO_MATCHING_KEY";
      throw new Refusal(waits ? "KEY_UNKNOWN" : "CREDENTIAL_REFUSED", {cause});
    }
  }
}
