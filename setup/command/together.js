/**
 * Which files of tests share a process. Alone, each loads Pulumi, zod and its part of the product anew, and what is
 * loaded is slow until it has run for a while: that takes as long as the tests. Files that start proxies, or measure
 * their process, run alone; so do those that wait at their top, or whose helpers do, as nothing can wait there for them.
 */
import {mkdirSync, readdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";

const TOGETHER =
  /^(cloud|dns|editor|examples|infra|ops|regions|local\/console|proxy\/(issuer|rewrite|route))\//;
const WAITS =
  /^(cloud\/(certs\.|models\/)|ops\/(command\/failure|preflight\/(ends\/ends|kubernetes|main))\.)/;

/** Half as many as run at once, so that there is always something to do beside what waits. */
const PROCESSES = 4;

/**
 * What `node --test` is given to run each file of tests once; those that share a process, by a file in .meridian.
 *
 * @param {string} root
 */
export function testFiles(root) {
  const {shared, alone} = processesOf(filesOf(root));
  const folder = join(root, ".meridian/together");
  mkdirSync(folder, {recursive: true});
  const programs = shared.map((files, at) => {
    writeFileSync(join(folder, `${at + 1}.cjs`), programOf(files));
    return `.meridian/together/${at + 1}.cjs`;
  });
  return [...programs, ...alone];
}

/**
 * The longest are neighbours, so those that share are dealt out like cards.
 *
 * @param {readonly string[]} files
 */
export function processesOf(files) {
  const together = files.filter((file) => TOGETHER.test(file) && !WAITS.test(file));
  const dealt = Array.from({length: PROCESSES}, (_, to) =>
    together.filter((_, at) => at % PROCESSES === to),
  );
  return {
    shared: dealt.filter((share) => share.length > 0),
    alone: files.filter((file) => !together.includes(file)),
  };
}

/**
 * Each file is a suite, so that its hooks are its own, and one that cannot be loaded fails alone. It is required, as a
 * suite may not wait for its tests.
 *
 * @param {readonly string[]} files
 */
const programOf = (files) => `const {describe} = require("node:test");
for (const file of ${JSON.stringify(files, undefined, 2)})
  describe(file, () => void require("../../" + file));
`;

/**
 * From the root.
 *
 * @param {string} root
 */
function filesOf(root) {
  const rooms = readdirSync(root, {withFileTypes: true}).filter(
    (entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name),
  );
  const paths = rooms.flatMap(({name}) =>
    readdirSync(join(root, name), {recursive: true}).map((path) => `${name}/${path}`),
  );
  return paths
    .filter((path) => path.endsWith(".test.ts") && !path.includes("/node_modules/"))
    .sort();
}
