import {pino} from "pino";
import {readIssuerConfig} from "../config.ts";
import {startIssuer} from "./start.ts";

const log = pino({base: null});
/** While it waits for its files there is nothing to drain. */
const leave = () => process.exit(0);
process.once("SIGTERM", leave);
try {
  const issuer = await startIssuer({config: readIssuerConfig(process.env), log});
  // The last net: whatever was at fault, other people's requests are under way.
  process.on("uncaughtException", (err) => log.error({err}, "fault"));
  process.off("SIGTERM", leave);
  process.once("SIGTERM", async () => {
    log.info("draining");
    await issuer.stop();
    process.exit(0);
  });
} catch (error) {
  log.fatal(error instanceof Error ? error.message : error);
  process.exit(1);
}
