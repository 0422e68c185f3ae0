import {pino} from "pino";
import {readIssuerConfig} from "../config.ts";
import {startIssuer} from "./start.ts";

const log = pino({base: undefined});
try {
  const issuer = await startIssuer({config: readIssuerConfig(process.env), log});
  process.once("SIGTERM", async () => {
    log.info("draining");
    await issuer.stop();
    process.exit(0);
  });
} catch (error) {
  log.fatal(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
