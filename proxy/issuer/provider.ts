import type {z} from "zod";
import {retryAfterS} from "../retry-after.ts";
import {Refusal} from "./refusal.ts";

/** What an identity provider answered. */
export interface Reply {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * For what is asked about one credential to say whose it is, together; for a discovery; and for an end. Where several
 * follow one another they may add up to more than the 15 s that the edge waits for the issuer: who makes a key is then
 * told to ask again.
 */
const TIMEOUT_MS = 5000;
/** Ten times the largest key set that is known of a public provider. */
const MAX_BYTES = 256 << 10;

/** Until when what begins now may take. */
export const deadline = (): AbortSignal => AbortSignal.timeout(TIMEOUT_MS);

/** Asks an identity provider. Rejects with Refusal EXCHANGE_LOST where there is no whole answer. */
export async function askProvider(url: string, init: RequestInit): Promise<Reply> {
  try {
    // Followed, a redirect would take the credential to an address that nobody chose.
    const answer = await fetch(url, {...init, redirect: "error"});
    const {status, headers} = answer;
    return {url, status, headers, text: await readText(answer)};
  } catch (cause) {
    throw new Refusal("EXCHANGE_LOST", {cause: new Error(`no answer from ${url}`, {cause})});
  }
}

async function readText({body}: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Error(`the answer is over ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The body of a 200. Throws the Refusal that any other status stands for, or EXCHANGE_LOST. */
export function bodyOf<Schema extends z.ZodType>(reply: Reply, schema: Schema): z.output<Schema> {
  if (reply.status !== 200) throw refusalOf(reply);
  try {
    return schema.parse(JSON.parse(reply.text));
  } catch (cause) {
    const said = new Error(`${reply.url} answered what is not its form`, {cause});
    throw new Refusal("EXCHANGE_LOST", {cause: said});
  }
}

/** What a status that no one expected stands for: the provider's trouble, not the credential's. */
export function refusalOf({url, status, headers}: Reply): Refusal {
  const wait = {retryAfterS: retryAfterS(headers.get("retry-after"))};
  if (status === 402) return new Refusal("QUOTA_REACHED");
  if (status === 429) return new Refusal("PROVIDER_BUSY", wait);
  return new Refusal("EXCHANGE_LOST", {cause: new Error(`${url} answered ${status}`), ...wait});
}
