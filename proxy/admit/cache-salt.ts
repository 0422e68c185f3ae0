import {createHash} from "node:crypto";
import type {Claims} from "./token.ts";

/** Tokens are checked once and asked with often. */
const salts = new WeakMap<Claims, string>();

/**
 * What parts a tenant's prompts from others' in a host's cache, where timing would tell what they type: the same at
 * every proxy, and not the user's name. Who has a token is a user; of teams it says nothing. Only proxies reach such
 * hosts, and no client's own salt passes them: that it can be worked out opens nothing.
 */
export function cacheSaltOf(claims: Claims): string {
  const known = salts.get(claims);
  if (known !== undefined) return known;
  const salt = createHash("sha256").update(`meridian/cache\0${claims.user}`).digest("base64url");
  salts.set(claims, salt);
  return salt;
}
