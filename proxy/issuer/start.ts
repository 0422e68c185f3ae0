import {readFileSync} from "node:fs";
import type {Logger} from "pino";
import type {IssuerConfig} from "../config.ts";
import {watchFile, whenThere} from "../file.ts";
import {type Issuing, parseIssuing} from "./config.ts";
import type {Exchange} from "./exchange.ts";
import {limitExchange} from "./exchange-limits.ts";
import {createGithub} from "./github.ts";
import {createIntrospection} from "./introspection.ts";
import {type KeyPair, missingTold, watchKeys} from "./key-files.ts";
import {createGithubEnding, createOidcEnding, type Ending} from "./keys/ending.ts";
import {createPersonalKeys, isPersonalKey, type PersonalKeys} from "./keys/personal-keys.ts";
import {createRefresh} from "./keys/refresh.ts";
import {readSealingKey, type SealingKey} from "./keys/sealing.ts";
import {createOidc} from "./oidc.ts";
import {createProviderKeys} from "./provider-keys.ts";
import {Refusal} from "./refusal.ts";
import {serveIssuer} from "./server.ts";
import {keySetOf, readSigningKey} from "./signing.ts";

/**
 * Puts an issuer together from its configuration and files; waits for keys that are not there yet, and
 * resolves once it serves.
 */
export async function startIssuer({config, log}: {config: IssuerConfig; log: Logger}) {
  const issuing = parseIssuing(readFileSync(config.CONFIG_FILE, "utf8"));
  const signing = await watchKeys([config.SIGNING_KEY_FILE, config.NEXT_SIGNING_KEY_FILE], {
    parse: readSigningKey,
    idOf: ({jwk}) => jwk.kid,
    log,
  });
  const {issuer, audience, keys: keyTerms} = issuing;
  const sealing = keyTerms && (await watchSealing(config, log));
  const told = (cause: unknown) => log.error({err: cause}, "identity provider");
  const provider = await whenThere(() => createProvider(issuing, told), missingTold(log));
  const keys =
    sealing &&
    createPersonalKeys({
      issuer,
      audience: `${audience}/keys`,
      lifetimeS: keyTerms.lifetimeS,
      sealingKeys: sealing.all,
      vouch: provider.vouch,
      takeBack: provider.takeBack,
    });
  const server = await serveIssuer({
    listen: config.LISTEN,
    issuing,
    exchange: limitExchange(withKeys(provider.exchange, keys)),
    keys,
    signingKey: () => signing.all()[0],
    keySet: () => keySetOf(signing.all()),
    log,
  });
  log.info(server.address, "listening");

  return {
    address: server.address,
    /** Answers what is under way first. */
    async stop() {
      await server.close();
      for (const part of [provider, signing, sealing]) part?.close();
    },
  };
}

function watchSealing(
  {SEALING_KEY_FILE: file, NEXT_SEALING_KEY_FILE: next}: IssuerConfig,
  log: Logger,
): Promise<KeyPair<SealingKey>> {
  if (file === undefined) throw new Error("SEALING_KEY_FILE is not set; personal keys need it");
  return watchKeys([file, next], {parse: readSealingKey, idOf: ({id}) => id, log});
}

/** No identity provider is shown a key of ours, whether keys are made here or not. */
function withKeys(exchange: Exchange, keys: PersonalKeys | undefined): Exchange {
  return async (credential) => {
    if (!isPersonalKey(credential)) return exchange(credential);
    if (!keys) throw new Refusal("PERSONAL_KEY_REFUSED");
    return keys.trade(credential);
  };
}

interface Provider {
  /** Takes what editors and SDKs send. */
  readonly exchange: Exchange;
  /** Takes what a personal key holds. */
  readonly vouch: Exchange;
  /** Takes that back. */
  readonly takeBack: Ending;
  close(): void;
}

/** The provider of a kind of exchange; `failed` is told of files and keys that cannot be read. */
function createProvider(
  {exchange: terms, keys: keyTerms}: Issuing,
  failed: (cause: unknown) => void,
): Provider {
  switch (terms.kind) {
    case "github": {
      const exchange = createGithub(terms);
      return {exchange, vouch: exchange, takeBack: createGithubEnding(terms), close() {}};
    }
    case "oidc": {
      const keys = createProviderKeys({issuer: terms.issuer, failed});
      const exchange = createOidc(terms, keys);
      if (!keyTerms) return {exchange, ...withoutKeys, close: keys.close};
      const vouch = createRefresh(keyTerms, {keys, exchange});
      return {exchange, vouch, takeBack: createOidcEnding(keyTerms, keys), close: keys.close};
    }
    case "introspection": {
      const secret = watchFile({path: terms.secretFile, parse: parseSecret, refused: failed});
      const exchange = createIntrospection(terms, () => secret.value);
      return {exchange, ...withoutKeys, close: secret.close};
    }
  }
}

/** Where no keys are made, nobody asks. */
const refuse = async () => {
  throw new Refusal("PERSONAL_KEY_REFUSED");
};
const withoutKeys = {vouch: refuse, takeBack: refuse};

/** As editors and shells leave it: with a newline at its end. */
function parseSecret(text: string): string {
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") throw new Error("the client secret's file is empty; write the secret into it");
  return secret;
}
