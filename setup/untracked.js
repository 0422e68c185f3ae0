/**
 * Loaded before a test file (`node --test --import ./setup/untracked.js`), it keeps node:test from following each
 * promise: with Pulumi's, that takes more than half of a test's time. All that is lost is which test a stray
 * error belongs to. Such an error ends the file, which fails, as nothing else would end a test that waits for
 * what has gone wrong.
 */
import hooks from "node:async_hooks";

const {createHook} = hooks;
hooks.createHook = (callbacks) => createHook({...callbacks, trackPromises: false});

/**
 * node:test, which hears of it next, says by the exit code that it knows of no test. It hears of nothing before a test
 * is declared, and a file that cannot be loaded has declared none.
 * @param {unknown} error
 */
const end = (error) =>
  void setImmediate(() => {
    const isHeard = process.listenerCount("uncaughtException") > 1;
    if (isHeard && !process.exitCode) return;
    console.error(error);
    process.exit(process.exitCode || 1);
  });
process.on("uncaughtException", end);
process.on("unhandledRejection", end);
