import {pino} from "pino";
import {readProxyConfig} from "./config.ts";
import {startProxy} from "./start.ts";

const log = pino({base: undefined});
try {
  const config = readProxyConfig(process.env);
  const proxy = await startProxy({config, log});
  process.once("SIGTERM", async () => {
    log.info("draining");
    await proxy.stop({waitMs: config.DRAIN_MS, limitMs: config.DRAIN_LIMIT_MS});
    process.exit(0);
  });
} catch (error) {
  log.fatal(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
