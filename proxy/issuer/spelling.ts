/**
 * Whether each part of a JWS or JWE is spelled as an encoder spells it. Base64url has many spellings of the same
 * bytes (RFC 4648, section 3.5); each would be limited, kept and ended by itself.
 */
export const isPlain = (compact: string): boolean =>
  compact.split(".").every((part) => Buffer.from(part, "base64url").toString("base64url") === part);
