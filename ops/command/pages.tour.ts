import assert from "node:assert/strict";
import {delimiter, join} from "node:path";
import {test} from "node:test";
import {runProgram} from "../login/login.rig.ts";
import {type Block, blocksOf, nameOf, pages, root, whyNot} from "./blocks.rig.ts";
import {FOLLOWED, HELD} from "./followed.rig.ts";

/** What pages give their readers to type, and no other test follows. */
const followed: readonly string[] = FOLLOWED;
const blocks = pages.filter((page) => !followed.includes(page) && !HELD[page]).flatMap(blocksOf);

const PATH = [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter);

async function run({commands}: Block): Promise<void> {
  const args = ["-e", "-o", "pipefail", "-c", commands];
  const said = await runProgram("bash", args, {cwd: root, env: {...process.env, PATH}});
  assert.equal(said.code, 0, `${said.stdout}${said.stderr}`);
}

for (const block of blocks) {
  const why = whyNot(block);
  if (why) console.log(`NOT RUN, as ${why}: ${nameOf(block)}`);
  else test(nameOf(block), () => run(block));
}
