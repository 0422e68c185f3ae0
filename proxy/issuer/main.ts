import {readFileSync} from "node:fs";
import {pino} from "pino";
import {readIssuerConfig} from "../config.ts";
import {watchFile} from "../file.ts";
import {parseIssuing} from "./config.ts";
import {createExchange} from "./exchange.ts";
import {readSigningKey} from "./mint.ts";
import {serveIssuer} from "./server.ts";

const log = pino({base: undefined});
try {
  const config = readIssuerConfig(process.env);
  const issuing = watchFile({
    path: config.CONFIG_FILE,
    parse: parseIssuing,
    refused: (cause) => log.error({cause: String(cause)}, "configuration refused"),
  });
  const signingKey = await readSigningKey(readFileSync(config.SIGNING_KEY_FILE, "utf8"));
  const server = await serveIssuer({
    listen: config.LISTEN,
    issuing: () => issuing.value,
    exchange: createExchange(issuing.value.exchange),
    signingKey: () => signingKey,
    log,
  });
  log.info(server.address, "listening");
  process.once("SIGTERM", () => {
    server.close();
    issuing.close();
  });
} catch (error) {
  log.fatal(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
