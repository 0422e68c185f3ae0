import {createRemoteJWKSet, customFetch, type RemoteJWKSet} from "jose";
import {z} from "zod";
import {address} from "./config.ts";
import {askProvider, bodyOf, deadline} from "./provider.ts";
import {Refusal} from "./refusal.ts";

/** The public keys of an OpenID provider, found by discovery. */
export interface ProviderKeys {
  /** From memory once they were found. Rejects with Refusal EXCHANGE_LOST. */
  current(): Promise<RemoteJWKSet>;
  close(): void;
}

/** Read again in the background, so that a key that the provider took back is not trusted for longer. */
const EVERY_MS = 600_000;
/** A provider that is away for longer than this is not believed any more. */
const MAX_AGE_MS = 24 * 3_600_000;
/** An unknown `kid` has the keys read again, once in this time: anyone can make one up. */
const COOLDOWN_MS = 30_000;

/** OpenID Connect Discovery 1.0, section 3. */
const metadata = z.object({issuer: z.string(), jwks_uri: address});
const keySet = z.object({keys: z.array(z.looseObject({kty: z.string()}))});

/** Begins to look for the keys at once; a failure is told to `failed`, and to who asks. */
export function createProviderKeys({
  issuer,
  failed,
  everyMs = EVERY_MS,
  cooldownMs = COOLDOWN_MS,
}: {
  issuer: string;
  failed: (cause: unknown) => void;
  everyMs?: number;
  cooldownMs?: number;
}): ProviderKeys {
  let found: RemoteJWKSet | undefined;
  let finding: Promise<RemoteJWKSet> | undefined;
  const renew = () => void find().catch(failed);
  const timer = setInterval(renew, everyMs).unref();
  renew();

  function find(): Promise<RemoteJWKSet> {
    finding ??= read(issuer, cooldownMs)
      .then((keys) => {
        found = keys;
        return keys;
      })
      .finally(() => {
        finding = undefined;
      });
    return finding;
  }

  return {
    current: async () => found ?? find(),
    close: () => clearInterval(timer),
  };
}

async function read(issuer: string, cooldownDuration: number): Promise<RemoteJWKSet> {
  const keys = createRemoteJWKSet(new URL(await discover(issuer)), {
    cooldownDuration,
    cacheMaxAge: MAX_AGE_MS,
    [customFetch]: fetchKeys,
  });
  await keys.reload();
  return keys;
}

/** Section 4: the path follows the issuer's own; the document must be of the issuer that was asked. */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const said = bodyOf(await askProvider(url, {signal: deadline()}), metadata);
  if (said.issuer === issuer) return said.jwks_uri;
  const cause = new Error(`${url} is of the issuer "${said.issuer}", not "${issuer}"`);
  throw new Refusal("EXCHANGE_LOST", {cause});
}

/** Within the limits that hold for all questions to a provider. */
async function fetchKeys(url: string, init: RequestInit): Promise<Response> {
  return Response.json(bodyOf(await askProvider(url, init), keySet));
}
