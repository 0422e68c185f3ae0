import {ProxyError} from "../errors.ts";
import type {Fields} from "../http2/fields.ts";
import type {Policy} from "../policy.ts";
import type {Keys} from "./keys.ts";
import {type Claims, checkRevoked, type Verifier} from "./token.ts";

/** Who asks. Throws or rejects with ProxyError; synchronous for a ticket that was seen before. */
export type Admission = (headers: Fields) => Claims | Promise<Claims>;

/** Lets in who holds a ticket of ours or, where `keys` are taken, a key that is good for one. */
export function createAdmission({
  verifier,
  keys,
  revoked,
}: {
  verifier: Verifier;
  keys: Keys | undefined;
  revoked: () => Policy["revoked"];
}): Admission {
  return (headers) => {
    const known = verifier.known(headers.authorization ?? "");
    if (known) return enter(known);
    const secret = secretOf(headers);
    // An expired ticket is no key: the identity provider is told of none of ours.
    if (!keys || verifier.isOurs(secret)) return check(secret);
    return enterByKey(keys, secret, addressOf(headers));
  };

  function check(ticket: string): Claims | Promise<Claims> {
    const claims = verifier.verify(ticket);
    return claims instanceof Promise ? claims.then(enter) : enter(claims);
  }

  function enter(claims: Claims): Claims {
    checkRevoked(claims, revoked());
    return claims;
  }

  async function enterByKey(keys: Keys, key: string, address: string): Promise<Claims> {
    const ticket = await keys.ticketOf(key, address);
    try {
      return await check(ticket);
    } catch (cause) {
      // As an editor does that is refused: its signing key may have been taken back, and the key be good.
      const other = await keys.replace(ticket, key, address);
      if (other === ticket) throw cause;
      return check(other);
    }
  }
}

/** A ticket or a key, where clients put them: OpenAI's, Anthropic's, Azure's. Throws TOKEN_MISSING. */
function secretOf(headers: Fields): string {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  const secret = bearer ?? headers["x-api-key"] ?? headers["api-key"];
  if (typeof secret !== "string" || secret === "") throw new ProxyError("TOKEN_MISSING");
  return secret;
}

/** The last one is the edge's own word: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-for */
function addressOf({"x-forwarded-for": passed}: Fields): string {
  return typeof passed === "string" ? passed.slice(passed.lastIndexOf(",") + 1).trim() : "";
}
