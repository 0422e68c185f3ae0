/**
 * Makes ready what the commands need, without running one: `node setup/main.js`, with `packages`, `cosign`, `tests`, or
 * nothing for what `npm start` needs.
 */
import {prepare} from "./preparation.js";

const KINDS = /** @type {const} */ (["packages", "cosign", "world", "tests"]);

try {
  const asked = process.argv[2] ?? "world";
  const wanted = KINDS.find((kind) => kind === asked);
  if (!wanted) throw new Error(`"${asked}" is not known; write ${KINDS.join(", ")}`);
  await prepare(wanted);
} catch (error) {
  console.error(`setup: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
