import assert from "node:assert/strict";
import {type ChildProcess, spawn} from "node:child_process";
import {mkdirSync, rmSync, writeFileSync} from "node:fs";
import {mkdtemp} from "node:fs/promises";
import {createServer} from "node:net";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, type TestContext, test} from "node:test";
import {fileURLToPath} from "node:url";
import {until} from "../setup/until.ts";
import {MODEL, type Rig, startHost, startRig} from "./rig.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** A port of this machine that was free a moment ago. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const {port} = server.address() as {port: number};
      server.close(() => resolve(port));
    });
  });

/** The proxy as a process, as its image runs it; `preload` runs in it first. */
async function startMain(t: TestContext, rig: Rig, changes: {policy?: string; preload?: string}) {
  const {config} = rig;
  const admin = await freePort();
  const options = changes.preload ? ["--import", `data:text/javascript,${changes.preload}`] : [];
  const child = spawn(process.execPath, [...options, MAIN], {
    env: {
      ...process.env,
      LISTEN: `127.0.0.1:${await freePort()}`,
      ADMIN: `127.0.0.1:${admin}`,
      REGION: config.REGION,
      POLICY_FILE: changes.policy ?? config.POLICY_FILE,
      JWKS_FILE: config.JWKS_FILE,
      TOKEN_ISSUER: config.TOKEN_ISSUER,
      TOKEN_AUDIENCE: config.TOKEN_AUDIENCE,
    },
  });
  t.after(() => child.kill("SIGKILL"));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => lines.push(...String(chunk).trim().split("\n")));
  const page = async (path: string) =>
    (await fetch(`http://127.0.0.1:${admin}${path}`).catch(() => undefined))?.text();
  return {child, lines, page};
}

const ended = ({exitCode, signalCode}: ChildProcess) => exitCode !== null || signalCode !== null;

test("what nothing has caught is logged and counted, and the process goes on", async (t) => {
  const rig = await startRig(t, {hosts: [await startHost(t, () => {})]});
  const preload = encodeURIComponent(
    'process.on("SIGUSR2", () => { throw new Error("thrown"); }); process.on("SIGHUP", () => { Promise.reject(new Error("rejected")); });',
  );
  const {child, lines, page} = await startMain(t, rig, {preload});
  await until(async () => (await page("/livez")) === "alive\n");
  child.kill("SIGUSR2");
  child.kill("SIGHUP");
  await until(async () => (await page("/metrics"))?.includes("meridian_faults_total 2") ?? false);
  assert.equal(ended(child), false);
  // The log comes by a pipe, which may be later than the page.
  for (const message of ["thrown", "rejected"])
    await until(() => lines.some((line) => line.includes('"fault"') && line.includes(message)));
});

describe("a start", () => {
  async function setUp(t: TestContext) {
    const folder = await mkdtemp(join(tmpdir(), "meridian-"));
    t.after(() => rmSync(folder, {recursive: true}));
    const rig = await startRig(t, {hosts: [await startHost(t, () => {})]});
    const path = join(folder, "policy.json");
    const keyed = (key: string) => {
      const upstream = {...rig.policy.upstreams["host-0"]!, credential: {kind: "key", file: key}};
      return JSON.stringify({...rig.policy, upstreams: {"host-0": upstream}});
    };
    return {folder, path, rig, keyed};
  }

  test("waits for its files with words, one after the other, and serves once they are there", async (t) => {
    const {folder, path, rig, keyed} = await setUp(t);
    const key = join(folder, "secrets", "model-key");
    const {child, lines, page} = await startMain(t, rig, {policy: path});
    const waitsFor = (file: string) => () =>
      lines.some((line) => line.includes("waiting for a file") && line.includes(file));
    await until(waitsFor(path));
    writeFileSync(path, keyed(key));
    await until(waitsFor(key));
    assert.equal(ended(child), false);
    mkdirSync(join(folder, "secrets"));
    writeFileSync(key, "k");
    await until(async () => (await page("/healthz")) === "in\n");
  });

  test("that waits is ended by SIGTERM", async (t) => {
    const {path, rig} = await setUp(t);
    const {child, lines} = await startMain(t, rig, {policy: path});
    await until(() => lines.some((line) => line.includes("waiting for a file")));
    child.kill("SIGTERM");
    await until(() => ended(child));
    assert.equal(child.exitCode, 0);
  });

  test("with a file that is not valid ends with its path and its faults", async (t) => {
    const {path, rig} = await setUp(t);
    writeFileSync(path, JSON.stringify({...rig.policy, models: {[MODEL]: {deployments: []}}}));
    const {child, lines} = await startMain(t, rig, {policy: path});
    await until(() => ended(child));
    assert.equal(child.exitCode, 1);
    const line = lines.find((line) => line.includes('"level":60'))!;
    const message = `${path}: The policy is not valid:\n  - models.${MODEL}: has no deployment; add one, or take it out`;
    assert.equal(JSON.parse(line).msg, message);
  });
});
