import {pino} from "pino";
import {readProxyConfig} from "./config.ts";
import {startProxy} from "./start.ts";

const log = pino({base: null});
/** While it waits for its files there is nothing to drain. */
const leave = () => process.exit(0);
process.once("SIGTERM", leave);
try {
  const config = readProxyConfig(process.env);
  const proxy = await startProxy({config, log});
  // The last net: whatever was at fault, other people's requests are under way.
  process.on("uncaughtException", proxy.fault);
  process.off("SIGTERM", leave);
  process.once("SIGTERM", async () => {
    log.info("draining");
    await proxy.stop({waitMs: config.DRAIN_MS, limitMs: config.DRAIN_LIMIT_MS});
    process.exit(0);
  });
} catch (error) {
  log.fatal(error instanceof Error ? error.message : error);
  process.exit(1);
}
