import assert from "node:assert/strict";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {delimiter, join} from "node:path";
import {type TestContext, test} from "node:test";
import {createEngine, faultOf, isOwnLock} from "./engine.ts";
import type {Entry} from "./journal.ts";
import {refusalIn} from "./refusals.ts";

const locked = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///state/.pulumi/locks/a.json: created by root@build-1 (pid 7) at 2026-01-31T12:00:00Z`;

test("what an engine said was wrong", () => {
  const logs = {
    "": "it said nothing",
    "Updating (eastus2):\n\nerror: update failed\n": "update failed",
    "error: one\n\nDiagnostics:\n  x (y):\n    error: 400 InsufficientQuota: too much\n    in all\n\nResources:":
      "400 InsufficientQuota: too much in all",
    "pulumi: not found\n": "pulumi: not found",
  };
  for (const [log, fault] of Object.entries(logs)) assert.equal(faultOf(log), fault);
  assert.match(faultOf(locked), /^the stack is currently locked .* created by root@build-1/);
});

test("what a policy refused is told before all else that an engine said", () => {
  const refused = `Updating (global):
Policies:
    ❌ meridian@v0.1.0 (local: infra/policy-pack)
        - [mandatory]  no-keys  (azure-native:keyvault:Vault: vault)
          Whoever gets in signs in at Entra. Mend: take it out.
          properties.enableRbacAuthorization is false, and has to be true
        - [mandatory]  tags  (azure-native:keyvault:Vault: vault)
          Bills tell by its tags whose it is.

Diagnostics:
  pulumi:pulumi:Stack (meridian-global):
    warning: the wrong version may be on your path
`;
  assert.equal(
    refusalIn(refused),
    "policy no-keys refuses azure-native:keyvault:Vault: vault: Whoever gets in signs in at Entra. Mend: take it out. properties.enableRbacAuthorization is false, and has to be true; and 1 more",
  );
  assert.equal(refusalIn("error: update failed\n"), undefined);
});

test("what an earlier run of a stack said is not said again", async (t) => {
  const script = `[ -e "$0.ran" ] && echo "error: second" || echo "- [mandatory]  no-keys  (vault)"
touch "$0.ran"
exit 1`;
  const {engine} = start(t, script);
  assert.match((await engine.up("global"))!, /^policy no-keys refuses vault/);
  assert.equal(await engine.up("global"), "second");
});

test("a lock is the rollout's own if its dead engine alone holds it", () => {
  const by = (pid: number, host: string) => isOwnLock(faultOf(locked), {pid, host});
  assert.deepEqual([by(7, "build-1"), by(8, "build-1"), by(7, "build-2")], [true, false, false]);
  const two = `${faultOf(locked)} b.json: created by root@build-2 (pid 7) at x`;
  assert.ok(!isOwnLock(two, {pid: 7, host: "build-1"}));
  assert.ok(!isOwnLock("error: update failed", {pid: 7, host: "build-1"}));
});

/** An engine whose pulumi is a script: it logs its arguments, and answers as `script` says. */
function start(t: TestContext, script: string) {
  const root = mkdtempSync(join(tmpdir(), "meridian-"));
  writeFileSync(
    join(root, "pulumi"),
    `#!/bin/sh\nprintf '%s\\n' "$*" >> ${root}/asked\n${script}\n`,
    {mode: 0o755},
  );
  const {PATH} = process.env;
  process.env.PATH = `${root}${delimiter}${PATH}`;
  t.after(() => {
    process.env.PATH = PATH;
    rmSync(root, {recursive: true});
  });
  const entries: Entry[] = [];
  const record = (entry: Entry) => void entries.push(entry);
  const engine = createEngine({root, folder: join(root, "logs"), record});
  const asked = () => readFileSync(join(root, "asked"), "utf8").trimEnd().split("\n");
  return {engine, entries, asked};
}

const UP = "up --yes --skip-preview --non-interactive --suppress-outputs --color never --stack";

test("a region is held to what is pinned, and let go of what is not", async (t) => {
  const config =
    '{"meridian:policy": {"value": "{}"}, "meridian:weights": {"value": "{}"}, "azure-native:tenantId": {"value": "x"}}';
  const {engine, asked} = start(t, `[ "$1 $2" = "config --json" ] && echo '${config}'; exit 0`);
  assert.equal(await engine.up("eastus2", {image: "registry/proxy:0123456789ab"}), undefined);
  assert.equal(await engine.up("global"), undefined);
  assert.deepEqual(asked(), [
    "config --json --stack eastus2",
    "config set image 0123456789ab --stack eastus2",
    "config rm policy --stack eastus2",
    "config rm weights --stack eastus2",
    `${UP} eastus2`,
    `${UP} global`,
  ]);
});

test("what an engine does is written down before it and after it; what it says is in its log", async (t) => {
  const {engine, entries} = start(t, "echo 'error: no quota' >&2; exit 255");
  assert.equal(await engine.up("dns"), "no quota");
  assert.match(readFileSync(engine.logOf("dns"), "utf8"), /^error: no quota$/m);
  const [begun, ended] = entries as [Extract<Entry, {did: "start"}>, Entry];
  const {pid, beginning} = begun;
  assert.deepEqual(begun, {did: "start", stack: "dns", pid, beginning, command: `${UP} dns`});
  assert.deepEqual(ended, {did: "finish", stack: "dns", code: 255});
});

test("an engine without a program says how to get it", async (t) => {
  const {engine} = start(t, "");
  process.env.PATH = "/nowhere";
  const mend =
    "pulumi is not on PATH; install it: https://www.pulumi.com/docs/iac/download-install/";
  assert.equal(await engine.up("dns"), mend);
  await assert.rejects(engine.stacks(), {message: `pulumi stack ls: ${mend}`});
});

test("an engine that outlived its rollout is waited for", async (t) => {
  const {engine, entries, asked} = start(t, `sleep 0.7; echo ended >> "$(dirname "$0")/asked"`);
  const ended = engine.up("dns");
  while (entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await engine.outlive("dns", entries[0] as Extract<Entry, {did: "start"}>);
  assert.deepEqual(asked(), [`${UP} dns`, "ended"]);
  await ended;
});
