import {createHash, timingSafeEqual} from "node:crypto";
import type {IncomingHttpHeaders} from "node:http2";
import {type Refusal, refusals} from "./azure-openai.ts";

/** What opens a host. With neither it is open to all. */
export interface Credentials {
  /** What `api-key` must be; undefined where the account takes no keys. */
  readonly key?: string | undefined;
  /** Bearer tokens that it takes. */
  readonly tokens?: readonly string[] | undefined;
  /** How many requests by a right token are refused first: a role that was just given does not hold yet. */
  readonly unsettled?: number | undefined;
}

/** Whether a request may be answered; the refusal if not. Compares in constant time. */
export function createCheck({key, tokens, unsettled = 0}: Credentials) {
  if (key === undefined && tokens === undefined) return () => undefined;
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const isOf = (wanted: readonly Buffer[], given: string) =>
    wanted.filter((one) => timingSafeEqual(one, hash(given))).length > 0;
  const keys = key === undefined ? [] : [hash(key)];
  const bearers = (tokens ?? []).map(hash);
  let early = unsettled;

  return (headers: IncomingHttpHeaders): Refusal | undefined => {
    const given = headers["api-key"];
    if (given !== undefined && key === undefined) return refusals.keysDisabled;
    if (given !== undefined) return isOf(keys, String(given)) ? undefined : refusals.keyWrong;
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
    if (token === undefined || !isOf(bearers, token)) return refusals.tokenWrong;
    return early-- > 0 ? refusals.roleMissing : undefined;
  };
}
