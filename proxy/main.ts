import {pino} from "pino";
import {readProxyConfig} from "./config.ts";
import {startProxy} from "./start.ts";

/** Lines go out together: a write to the system for each would cost a tenth of what a request does. */
const LINES_BYTES = 8 << 10;
const LINES_MS = 250;
const lines = pino.destination({sync: true, minLength: LINES_BYTES});
setInterval(() => lines.flush(), LINES_MS).unref();
process.on("exit", () => lines.flushSync());
const log = pino({base: null}, lines);
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
