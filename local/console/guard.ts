import type {IncomingHttpHeaders} from "node:http";

/** Why a request is turned away. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/**
 * Whether a request comes from a page that this server served: a name that was made to lead to loopback
 * shows in `Host` (DNS rebinding), another site's page in `Origin` and `Sec-Fetch-Site` (CSRF). What
 * changes anything must say its origin, and be JSON, which a form cannot send.
 */
export function refusalOf(
  method: string,
  headers: IncomingHttpHeaders,
  port: number,
): Refusal | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const {host = "", origin, "sec-fetch-site": site = "same-origin"} = headers;
  if (!hosts.includes(host))
    return {status: 421, text: `"${host}" is not served here; open http://${hosts[0]}`};
  if (origin !== undefined && origin !== `http://${host}`) return FOREIGN;
  if (site !== "same-origin" && site !== "none") return FOREIGN;
  if (method === "GET") return undefined;
  if (method !== "POST") return {status: 405, text: "use GET or POST"};
  if (origin === undefined) return FOREIGN;
  if (headers["content-type"] !== "application/json")
    return {status: 415, text: "send the body as Content-Type: application/json"};
  return undefined;
}

const FOREIGN: Refusal = {status: 403, text: "only the console's own page may ask this"};

/** On every answer. The page needs nothing but what this server has. */
export const SAFE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;
