import type {AccessToken} from "@azure/identity";

/** A token is renewed this long before it expires. */
const MARGIN_MS = 5 * 60_000;

/** Shares one token among all callers, and renews it shortly before it expires. */
export function createTokens(
  getToken: () => Promise<AccessToken>,
  now: () => number = Date.now,
): () => Promise<string> {
  let held: Promise<AccessToken> | undefined;
  return async () => {
    held ??= getToken();
    const asked = held;
    const {token, expiresOnTimestamp} = await asked;
    if (expiresOnTimestamp - now() > MARGIN_MS) return token;
    // The first caller who finds the token old renews it for the others.
    if (held === asked) held = getToken();
    return (await held).token;
  };
}
