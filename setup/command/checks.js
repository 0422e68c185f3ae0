/** The commands that are other programs, one after another. */
import {testFiles} from "./together.js";

const TESTS =
  "--test --import ./setup/untracked.js --min-semi-space-size=64 --max-semi-space-size=128 --test-concurrency=8 --test-timeout=300000";

/**
 * @typedef {object} Check
 * @property {import("../preparation.js").Wanted} wanted
 * @property {string} help
 * @property {readonly (readonly string[])[]} steps programs of node_modules/.bin with their arguments; what the command
 *   is given goes to the last of them
 * @property {(root: string) => readonly string[]} [files] what goes there where it is given nothing
 */

/** @type {Readonly<Record<string, Check>>} */
export const checks = {
  test: {
    wanted: "tests",
    help: `npm test -- [FILE]... [options of node --test]

Runs all tests, or those of some files. What a machine lacks is not tested, and said: NOT RUN.

  --test-name-pattern TEXT  only tests whose name has it
  --help                    this text
`,
    steps: [["node", ...TESTS.split(" ")]],
    files: testFiles,
  },
  check: {
    wanted: "packages",
    help: `npm run check

Says what is wrong with the types, the style and the rendered files; writes nothing.

  --help  this text
`,
    steps: [
      ["tsc"],
      ["tsc", "-p", "local/console/page"],
      ["biome", "check"],
      ["node", "ops/render/main.ts", "--check"],
    ],
  },
};
