import type {AccessToken} from "@azure/identity";

/** A token this close to its end is not used any more. */
const MARGIN_MS = 5 * 60_000;

/** Asks for a token once, however many want one, and again when it is about to expire. */
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
    // Of those who find it old, the first asks.
    if (held === asked) held = getToken();
    return (await held).token;
  };
}
