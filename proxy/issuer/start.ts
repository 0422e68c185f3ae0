import {readFileSync} from "node:fs";
import type {Logger} from "pino";
import type {IssuerConfig} from "../config.ts";
import {type WatchedFile, watchFile, whenThere} from "../file.ts";
import {parseIssuing} from "./config.ts";
import {createExchange} from "./exchange.ts";
import {limitExchange} from "./exchange-limits.ts";
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
