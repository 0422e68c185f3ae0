import {readFileSync} from "node:fs";
import type {Logger} from "pino";
import type {IssuerConfig} from "../config.ts";
import {type WatchedFile, watchFile, whenThere} from "../file.ts";
import {type Issuing, parseIssuing} from "./config.ts";
import type {Exchange} from "./exchange.ts";
import {limitExchange} from "./exchange-limits.ts";
import {createGithub} from "./github.ts";
import {createIntrospection} from "./introspection.ts";
import {createOidc} from "./oidc.ts";
import {createProviderKeys} from "./provider-keys.ts";
import {serveIssuer} from "./server.ts";
import {keySetOf, readSigningKey, type SigningKey} from "./signing.ts";

/**
 * Puts an issuer together from its configuration and files; waits for keys that are not there yet, and
 * resolves once it serves.
 */
export async function startIssuer({config, log}: {config: IssuerConfig; log: Logger}) {
  const missing = (path: string) => log.warn({path}, "waiting for a file that is not there");
  const watchKey = (path: string): Promise<WatchedFile<SigningKey>> =>
    whenThere(
      () =>
        watchFile({
          path,
          parse: readSigningKey,
          changed: ({jwk}) => log.info({path, kid: jwk.kid}, "key read again"),
          refused: (cause) => log.error({path, err: cause}, "key refused; the last good one stays"),
        }),
      missing,
    );
  const issuing = parseIssuing(readFileSync(config.CONFIG_FILE, "utf8"));
  const current = await watchKey(config.SIGNING_KEY_FILE);
  const next = config.NEXT_SIGNING_KEY_FILE && (await watchKey(config.NEXT_SIGNING_KEY_FILE));
  const keys = next ? [current, next] : [current];
  const told = (cause: unknown) => log.error({err: cause}, "identity provider");
  const provider = await whenThere(() => createExchange(issuing.exchange, told), missing);
  const server = await serveIssuer({
    listen: config.LISTEN,
    issuing,
    exchange: limitExchange(provider.exchange),
    signingKey: () => current.value,
    keySet: () => keySetOf(keys.map(({value}) => value)),
    log,
  });
  log.info(server.address, "listening");

  return {
    address: server.address,
    /** Answers what is under way first. */
    async stop() {
      await server.close();
      provider.close();
      for (const key of keys) key.close();
    },
  };
}

/** The exchange of a kind; `failed` is told of files and keys that cannot be read. */
function createExchange(
  exchange: Issuing["exchange"],
  failed: (cause: unknown) => void,
): {exchange: Exchange; close(): void} {
  switch (exchange.kind) {
    case "github":
      return {exchange: createGithub(exchange), close() {}};
    case "oidc": {
      const keys = createProviderKeys({issuer: exchange.issuer, failed});
      return {exchange: createOidc(exchange, keys), close: keys.close};
    }
    case "introspection": {
      const secret = watchFile({path: exchange.secretFile, parse: parseSecret, refused: failed});
      return {exchange: createIntrospection(exchange, () => secret.value), close: secret.close};
    }
  }
}

/** As editors and shells leave it: with a newline at its end. */
function parseSecret(text: string): string {
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") throw new Error("the client secret's file is empty; write the secret into it");
  return secret;
}
