import {z} from "zod";
import {Refusal} from "./refusal.ts";

/** What a provider says of a credential, in a token or in an answer. */
export type Claims = Readonly<Record<string, unknown>>;

/** Seconds since 1970 (RFC 7519, section 2, NumericDate). */
const numericDate = z.number().positive();

/** OpenID Connect Core, section 2: `sub` is at most 255 ASCII characters. No spaces: it is for logs. */
const NAME = /^[\x21-\x7e]{1,255}$/;

/** Throws USER_UNNAMED. */
export function userId(prefix: string, name: unknown): string {
  if (typeof name === "string" && NAME.test(name)) return `${prefix}:${name}`;
  throw new Refusal("USER_UNNAMED");
}

/** Milliseconds; undefined where the credential has no end. */
export function expiry({exp}: Claims): number | undefined {
  const {data} = numericDate.safeParse(exp);
  return data === undefined ? undefined : data * 1000;
}

/** Throws SCOPE_REQUIRED unless all are there. */
export function requireScopes({scope, scp}: Claims, scopes: readonly string[]): void {
  const given = [...words(scope), ...words(scp)];
  if (!scopes.every((scope) => given.includes(scope))) throw new Refusal("SCOPE_REQUIRED");
}

/** Throws GROUP_REQUIRED unless one of them is there, or none is asked for. */
export function requireGroup({groups}: Claims, wanted: readonly string[]): void {
  const given = words(groups);
  if (wanted.length > 0 && !wanted.some((group) => given.includes(group)))
    throw new Refusal("GROUP_REQUIRED");
}

/** Whether `aud`, one or a list (RFC 7519, section 4.1.3), has it. */
export function isMeantFor({aud}: Claims, audience: string): boolean {
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
}

/** A list, or words between spaces (RFC 6749, section 3.3). */
function words(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === "string" ? value.split(" ") : [];
}
