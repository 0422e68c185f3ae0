import {createRemoteJWKSet, customFetch, type RemoteJWKSet} from "jose";
import {z} from "zod";
import {address} from "./config.ts";
import {askProvider, bodyOf, deadline} from "./provider.ts";
import {Refusal} from "./refusal.ts";

/** The public keys of an OpenID provider, and where else it is asked, found by discovery. */
export interface ProviderKeys {
  /** From memory once they were found. Rejects with Refusal EXCHANGE_LOST. */
  current(): Promise<RemoteJWKSet>;
  /** The same. */
  endpoints(): Promise<Endpoints>;
  close(): void;
}

/** Undefined where the provider names none, or none by https. */
interface Endpoints {
  readonly token: string | undefined;
  readonly revocation: string | undefined;
}

/** Read again in the background, so that a key that the provider took back is not trusted for longer. */
const EVERY_MS = 600_000;
/** A provider that is away for longer than this is not believed any more. */
const MAX_AGE_MS = 24 * 3_600_000;
/** An unknown `kid` has the keys read again, once in this time: anyone can make one up. */
const COOLDOWN_MS = 30_000;

/** What only personal keys need keeps nobody else from signing in. */
const endpoint = address.optional().catch(undefined);

/** OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2. */
const metadata = z.object({
  issuer: z.string(),
  jwks_uri: address,
  token_endpoint: endpoint,
  revocation_endpoint: endpoint,
});
type Metadata = z.output<typeof metadata>;
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
  let found: Found | undefined;
  let finding: Promise<Found> | undefined;
  const renew = () => void find().catch(failed);
  const timer = setInterval(renew, everyMs).unref();
  renew();

  function find(): Promise<Found> {
    finding ??= read(issuer, cooldownMs)
      .then((read) => {
        found = read;
        return read;
      })
      .finally(() => {
        finding = undefined;
      });
    return finding;
  }

  return {
    current: async () => (found ?? (await find())).keys,
    endpoints: async () => (found ?? (await find())).endpoints,
    close: () => clearInterval(timer),
  };
}

interface Found {
  readonly keys: RemoteJWKSet;
  readonly endpoints: Endpoints;
}

async function read(issuer: string, cooldownDuration: number): Promise<Found> {
  const {jwks_uri, token_endpoint: token, revocation_endpoint: revocation} = await discover(issuer);
  const keys = createRemoteJWKSet(new URL(jwks_uri), {
    cooldownDuration,
    cacheMaxAge: MAX_AGE_MS,
    [customFetch]: fetchKeys,
  });
  await keys.reload();
  return {keys, endpoints: {token, revocation}};
}

/** Section 4: the path follows the issuer's own; the document must be of the issuer that was asked. */
async function discover(issuer: string): Promise<Metadata> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const said = bodyOf(await askProvider(url, {signal: deadline()}), metadata);
  if (said.issuer === issuer) return said;
  const cause = new Error(`${url} is of the issuer "${said.issuer}", not "${issuer}"`);
  throw new Refusal("EXCHANGE_LOST", {cause});
}

/** Within the limits that hold for all questions to a provider. */
async function fetchKeys(url: string, init: RequestInit): Promise<Response> {
  return Response.json(bodyOf(await askProvider(url, init), keySet));
}
