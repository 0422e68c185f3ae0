import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync} from "node:fs";
import {tmpdir} from "node:os";
import {delimiter, join} from "node:path";
import {after, before, test} from "node:test";
import {blocksOf, root} from "../command/blocks.rig.ts";
import {runProgram} from "../login/login.rig.ts";

/** docs/upgrade.md, followed in a fork whose regions.yaml is its own, with a version that changes the example's. */
const home = mkdtempSync(join(tmpdir(), "meridian-upgrade-"));
const theirs = join(home, "theirs");
const fork = join(home, "fork");
after(() => rmSync(home, {recursive: true}));

const env = {
  ...process.env,
  PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter),
  ...{GIT_AUTHOR_NAME: "t", GIT_AUTHOR_EMAIL: "t@example.com"},
  ...{GIT_COMMITTER_NAME: "t", GIT_COMMITTER_EMAIL: "t@example.com"},
};
const {version} = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const tag = `v${version}`;
const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", args, {cwd, env, encoding: "utf8"});
const commitAll = (cwd: string, why: string) => {
  git(cwd, "add", "--all");
  git(cwd, "commit", "-qm", why, "--allow-empty");
};

before(() => {
  git(root, "clone", "-q", "--depth=1", "--no-tags", `file://${root}`, theirs);
  for (const file of git(root, "ls-files", "-mo", "--exclude-standard").split("\n").filter(Boolean))
    cpSync(join(root, file), join(theirs, file));
  commitAll(theirs, "a version");
  git(home, "clone", "-q", theirs, fork);
  cpSync(join(fork, "examples/small.yaml"), join(fork, "regions.yaml"));
  appendFileSync(join(fork, "dns/rendered/plan.txt"), "as it is here\n");
  git(fork, "remote", "rename", "origin", "upstream");
  commitAll(fork, "our region");
  symlinkSync(join(root, "node_modules"), join(fork, "node_modules"), "dir");
  appendFileSync(join(theirs, "regions.yaml"), "# a word more\n");
  appendFileSync(join(theirs, "dns/rendered/plan.txt"), "as it is there\n");
  appendFileSync(join(theirs, "CHANGELOG.md"), "\nNew.\n");
  commitAll(theirs, "the next version");
  git(theirs, "tag", tag);
});

test("the page's commands bring a version, and leave what is the fork's", async () => {
  const [block, ...more] = blocksOf("docs/upgrade.md");
  assert.deepEqual(more, []);
  const ours = readFileSync(join(fork, "regions.yaml"), "utf8");
  const args = ["-e", "-o", "pipefail", "-c", block!.commands];
  const said = await runProgram("bash", args, {cwd: fork, env});
  assert.equal(said.code, 0, said.stdout + said.stderr);
  assert.match(said.stdout, /Against HEAD: No stack changes\./);
  assert.match(said.stdout, /protected holds/);
  assert.equal(readFileSync(join(fork, "regions.yaml"), "utf8"), ours);
  assert.doesNotMatch(readFileSync(join(fork, "dns/rendered/plan.txt"), "utf8"), /as it is/);
  assert.match(readFileSync(join(fork, "CHANGELOG.md"), "utf8"), /\nNew\.\n$/);
  assert.ok(git(fork, "log", "--merges", "--format=%s").startsWith(`Merge tag '${tag}'`));
});
