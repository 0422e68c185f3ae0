import type {OutgoingHttpHeaders} from "node:http2";
import {watchFile} from "../file.ts";
import type {Upstream} from "../policy.ts";
import type {Log} from "./transport.ts";

/** What opens a model host. */
export interface Credential {
  /** For each request; undefined while there is none yet. */
  readonly headers: OutgoingHttpHeaders | undefined;
  close(): void;
}

/** A token of Microsoft Entra, as `@azure/identity` gives it. */
export interface EntraToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

const RETRY_FIRST_MS = 1000;
const RETRY_LAST_MS = 60_000;
/** At least so long between two requests for a token, however little is left of the one that is held. */
const REFRESH_LEAST_MS = 10_000;

export function createCredential({api, credential}: Upstream, log: Log): Credential {
  if (credential.kind === "none") return {headers: {}, close() {}};
  if (credential.kind === "entra")
    return createEntraCredential({getToken: workloadIdentity(credential.audience), log});
  const file = watchFile({
    path: credential.file,
    parse: (text) => keyHeaders(api, parseKey(text)),
    refused: (cause) => log("model key refused", cause),
  });
  return {
    get headers() {
      return file.value;
    },
    close: file.close,
  };
}

function keyHeaders(api: Upstream["api"], key: string): OutgoingHttpHeaders {
  return api === "azure" ? {"api-key": key} : {authorization: `Bearer ${key}`};
}

function parseKey(text: string): string {
  const key = text.trim();
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Error("is empty or holds more than one word");
  return key;
}

/**
 * Keeps a token at hand: asks again when half of what is left of it has passed, so that a request
 * never waits for one and an Entra outage of half a token's life is not felt.
 */
export function createEntraCredential({
  getToken,
  log,
  now = Date.now,
}: {
  getToken: () => Promise<EntraToken>;
  log: Log;
  now?: () => number;
}): Credential {
  let held: {readonly headers: OutgoingHttpHeaders; readonly expiresMs: number} | undefined;
  let retryMs = RETRY_FIRST_MS;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  void refresh();

  async function refresh() {
    const waitMs = await getToken().then(took, missed);
    if (!closed) timer = setTimeout(refresh, waitMs).unref();
  }

  function took({token, expiresOnTimestamp}: EntraToken): number {
    held = {headers: {authorization: `Bearer ${token}`}, expiresMs: expiresOnTimestamp};
    retryMs = RETRY_FIRST_MS;
    return Math.max(REFRESH_LEAST_MS, (expiresOnTimestamp - now()) / 2);
  }

  function missed(cause: unknown): number {
    log("no Entra token", cause);
    const waitMs = retryMs;
    retryMs = Math.min(RETRY_LAST_MS, retryMs * 2);
    return waitMs;
  }

  return {
    get headers() {
      return held && held.expiresMs > now() ? held.headers : undefined;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/**
 * The pod's own identity, by the service-account token that AKS mounts, for an audience:
 * https://learn.microsoft.com/azure/ai-foundry/openai/how-to/managed-identity. Read from the environment
 * that its webhook sets: AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE.
 */
function workloadIdentity(audience: string): () => Promise<EntraToken> {
  const identity = import("@azure/identity").then(
    // Whom to ask is said by the cluster: no need to have it confirmed by a host of another name.
    ({WorkloadIdentityCredential}) =>
      new WorkloadIdentityCredential({disableInstanceDiscovery: true}),
  );
  identity.catch(() => {});
  return async () => (await identity).getToken(`${audience}/.default`);
}
