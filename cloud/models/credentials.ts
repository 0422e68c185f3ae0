import {createHash, timingSafeEqual} from "node:crypto";
import type {IncomingHttpHeaders} from "node:http2";
import {type Refusal, refusals} from "./azure-openai.ts";

/** What opens a host. With neither it is open to all. */
export interface Credentials {
  /** What `api-key` must be; undefined where the account takes no keys. */
  readonly key?: string | undefined;
  /** Bearer tokens that it takes. */
  readonly tokens?: readonly string[] | undefined;
}

/** Whether a request may be answered; the refusal if not. Compares in constant time. */
export function createCheck({key, tokens}: Credentials) {
  if (key === undefined && tokens === undefined) return () => undefined;
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const isOf = (wanted: readonly Buffer[], given: string) =>
    wanted.filter((one) => timingSafeEqual(one, hash(given))).length > 0;
  const keys = key === undefined ? [] : [hash(key)];
  const bearers = (tokens ?? []).map(hash);

  return (headers: IncomingHttpHeaders): Refusal | undefined => {
    const given = headers["api-key"];
    if (given !== undefined && key === undefined) return refusals.keysDisabled;
    if (given !== undefined) return isOf(keys, String(given)) ? undefined : refusals.keyWrong;
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
    return token !== undefined && isOf(bearers, token) ? undefined : refusals.tokenWrong;
  };
}
