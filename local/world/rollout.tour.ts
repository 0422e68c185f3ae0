import assert from "node:assert/strict";
import {type ChildProcess, spawn} from "node:child_process";
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, describe, test} from "node:test";
import {setTimeout as sleep} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import {isDeepStrictEqual} from "node:util";
import {stringify} from "yaml";
import {createCloud} from "../../cloud/cloud.ts";
import {
  type Deployed,
  deployed,
  find,
  regionsFile,
  whyNotRun,
} from "../../cloud/engine/deployed.ts";
import type {Entry} from "../../ops/rollout/journal.ts";
import {parseWorld} from "../../regions/read.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {until} from "../../setup/until.ts";
import {createFollowingEditor, type FollowingEditor} from "./following-editor.ts";
import {follow} from "./live-update.ts";
import {type RunningWorld, startWorld} from "./world.ts";

const envoy = findEnvoy();
const whyNoEdge = envoy ? false : "NOT RUN: no Envoy";
if (whyNoEdge) console.log(`rollout.tour.ts: ${whyNoEdge}. Mend: npm start says how to get it`);
const skip = whyNotRun("rollout.tour.ts") || whyNoEdge;

const BLOCK = 148;
const REGIONS = ["eastus2", "westeurope"];
const WITHIN_MS = 120_000;
const STACKS = ["global", ...REGIONS, "fallback", "dns"];
/** Users are fewer there. */
const CANARY = "eastus2";

/** A process and all that it has started: without their engine its programs would go on, and keep a core busy. */
function withChildren(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
}

/** What one rollout did, and what it said. */
interface Rolled {
  readonly code: number | null;
  readonly said: string;
}

/**
 * Stacks by the real engine, in a cloud that stands in for Azure, whose regions run on this machine and
 * are asked by clients all the while. Each test goes on from where the one before it left the stacks.
 */
describe("a rollout", {skip, timeout: 300_000}, () => {
  const file = regionsFile();
  // This machine is no data centre: what is late must be so by far.
  file.service.objective = {success: "90%", firstByte: "1s", window: "60s"};
  const home = mkdtempSync(join(tmpdir(), "meridian-rollout-"));
  const folder = join(home, "world");
  let deployer: Deployed["deployer"];
  let running: RunningWorld | undefined;
  const cloud = follow({
    cloud: createCloud({addressOf: (name) => `127.${BLOCK + 1 + REGIONS.indexOf(name)}.0.1`}),
    folder,
    world: () => running,
    uploaded: (location) => deployer.uploads.at(location)!,
  });
  let clients: readonly ReturnType<typeof startClient>[] = [];
  const started: ReturnType<typeof start>[] = [];

  before(async () => {
    const made = await deployed(cloud, file, STACKS);
    ({deployer} = made);
    await made.run("up", "global");
    await Promise.all([...REGIONS, "dns"].map((stack) => made.run("up", stack)));
    const world = parseWorld(stringify(file));
    const stacks = STACKS.map((name) => ({
      name,
      resources: cloud.resources.filter(({stack}) => stack === name),
      outputs: {},
      secretOutputs: [],
    }));
    running = await startWorld({world, built: {stacks}, proxies: 2, envoy, folder, block: BLOCK});
    writeFileSync(join(home, "credential"), running.people[0]!.credential);
    const at = {world, running, follows: "at once"} as const;
    clients = ["NA-US-NY", "NA-US-NY", "EU-DE", "EU-DE"].map((place, person) => {
      const {credential} = at.running.people[person % 2]!;
      return startClient(createFollowingEditor({...at, place, credential}));
    });
  });

  after(async () => {
    // What a failed test left running: with its engines, which read what is removed below.
    for (const {child, ended} of started) if (child.kill("SIGTERM")) await ended;
    await Promise.all(clients.map(({stop}) => stop()));
    await running?.stop();
    deployer?.stop();
    rmSync(home, {recursive: true, force: true});
  });

  test("a bad image stops at the canary, which goes back; nobody else is touched, no request fails", async () => {
    const before = images();
    for (const {count} of clients) count();
    const original = edit("proxy/relay/body-phase.ts", (text) =>
      text.replace("afterReads(relay.forward, ", "setTimeout(relay.forward, 1200, "),
    );
    const {code, said} = await roll("--soak", "6s");
    assert.equal(code, 1, said);
    assert.match(said, /eastus2: .*completion: first byte later than 1000 ms/);
    assert.match(said, /westeurope: \d+ of \d+ answers good; .* \(not of this wave\)/);
    assert.match(said, /eastus2: is back, and serves/);
    assert.deepEqual(told(), ["pass 0", "fail 1", "return eastus2", "end failed"]);
    assert.deepEqual(images(), before);
    assert.deepEqual(enginesOf("westeurope"), []);
    assert.deepEqual(failures(), ["", "", "", ""]);
    writeFileSync(join(deployer.folder, "proxy/relay/body-phase.ts"), original);
  });

  test("a good image goes to all, though its rollout is killed half-way and interrupted later", async () => {
    const [before] = images();
    for (const {count} of clients) count();
    edit("proxy/main.ts", (text) => `${text}\nlog.info("another build");\n`);
    file.traffic.mutations.push({name: "no-logprobs", drop: ["logprobs"]});
    deployer.write(file);
    await killedAt(CANARY);
    const refused = await roll();
    assert.equal(refused.code, 1);
    assert.match(refused.said, /stopped at wave 2 of 5, eastus2; go on with it by --resume/);
    const interrupted = start("--resume", "--soak", "3s");
    await until(() => enginesOf("fallback").length > 0, {withinMs: WITHIN_MS});
    interrupted.child.kill("SIGINT");
    const stopped = await interrupted.ended;
    assert.equal(stopped.code, 130, stopped.said);
    assert.deepEqual(told(), ["pass 0", "pass 1", "pass 2", "pause"]);
    const {code, said} = await roll("--resume", "--soak", "3s");
    assert.equal(code, 0, said);
    const passed = ["pass 0", "pass 1", "pass 2", "pause", "pass 3", "pass 4", "end done"];
    assert.deepEqual(told(), passed);
    const [image, other] = images();
    assert.notEqual(image, before);
    assert.equal(other, image);
    for (const region of REGIONS) assert.match(policyOf(region), /no-logprobs/);
    assert.deepEqual(failures(), ["", "", "", ""]);
    assert.ok(!(stopped.said + said).includes("\x1b"), "control characters in a log");
  });

  /** Kills a rollout and the engine of a stack, as a machine's end does; before that, another is refused. */
  async function killedAt(stack: string): Promise<void> {
    const last = entries()[0];
    const first = start("--soak", "3s");
    const isNew = () => !isDeepStrictEqual(entries()[0], last);
    await until(() => isNew() && enginesOf(stack).length > 0, {withinMs: WITHIN_MS});
    const second = await roll();
    assert.equal(second.code, 1);
    assert.match(second.said, /another rollout is under way \(process \d+\)/);
    first.child.kill("SIGKILL");
    for (const {pid} of enginesOf(stack))
      for (const one of withChildren(pid)) process.kill(one, "SIGKILL");
    await first.ended;
  }

  test("no credential and no secret is in what it writes", () => {
    const {credential} = running!.people[0]!;
    const rolled = join(deployer.folder, ".meridian/rollout");
    const files = readdirSync(rolled, {recursive: true, withFileTypes: true})
      .filter((entry) => entry.isFile())
      .map(({parentPath, name}) => readFileSync(join(parentPath, name), "utf8"));
    assert.ok(files.some((text) => text.includes("eastus2")));
    for (const secret of [credential, "PRIVATE KEY", "sig="])
      assert.ok(!files.some((text) => text.includes(secret)), secret.slice(0, 4));
  });

  /** Changes a source of the checkout; returns what it was. */
  function edit(path: string, change: (text: string) => string): string {
    const full = join(deployer.folder, path);
    const text = readFileSync(full, "utf8");
    const changed = change(text);
    assert.notEqual(changed, text);
    writeFileSync(full, changed);
    return text;
  }

  /** `npm run rollout`, in the world's network. */
  function start(...args: string[]): {child: ChildProcess; ended: Promise<Rolled>} {
    const program = join(deployer.folder, "ops/rollout/main.ts");
    const preload = fileURLToPath(new URL("preload.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", preload, program, ...args], {
      env: {
        ...deployer.env,
        DNS_SERVER: `${running!.dns.host}:${running!.dns.port}`,
        NODE_EXTRA_CA_CERTS: running!.authorityFile,
        MERIDIAN_CREDENTIAL_FILE: join(home, "credential"),
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    const ended = new Promise<Rolled>((resolve) => {
      child.on("close", (code) => resolve({code, said}));
    });
    started.push({child, ended});
    return {child, ended};
  }

  const roll = (...args: string[]) => start(...args).ended;

  /** What the journal says of the last rollout. */
  function entries(): Entry[] {
    const text = readFileSync(join(deployer.folder, ".meridian/rollout/journal.jsonl"), "utf8");
    const whole = text.split("\n").slice(0, -1);
    const all = whole.map((line) => JSON.parse(line) as Entry);
    return all.slice(all.findLastIndex(({did}) => did === "begin"));
  }

  /** What became of its waves. */
  const told = () =>
    entries().flatMap((entry) => {
      if (entry.did === "pass" || entry.did === "fail") return `${entry.did} ${entry.wave}`;
      if (entry.did === "return") return `return ${entry.stack}`;
      if (entry.did === "pause") return "pause";
      return entry.did === "end" ? `end ${entry.how}` : [];
    });

  const enginesOf = (stack: string) =>
    entries().flatMap((entry) => (entry.did === "start" && entry.stack === stack ? entry : []));

  const images = () =>
    REGIONS.map((region) => {
      const {spec} = find(cloud, region, "kubernetes:apps/v1:Deployment", "proxy").inputs;
      return /"image":"([^"]+)"/.exec(JSON.stringify(spec))![1];
    });

  const policyOf = (region: string) => {
    const {data} = find(cloud, region, "kubernetes:core/v1:ConfigMap", "policy").inputs;
    return (data as Record<string, string>)["policy.json"]!;
  };

  /** The failure of each client since the count began. */
  const failures = () => clients.map(({failure}) => failure());
});

/** Completes without end, as an editor does that goes where DNS sends it. */
function startClient({editor}: FollowingEditor) {
  let isStopped = false;
  let countedFromMs = Number.POSITIVE_INFINITY;
  let failure = "";

  async function work() {
    while (!isStopped) {
      const begunMs = performance.now();
      try {
        await editor.complete("const total = items.reduce((sum, item) =>");
      } catch (error) {
        if (begunMs >= countedFromMs) failure ||= (error as Error).message.trim();
      }
      await sleep(PAUSE_MS);
    }
    editor.connections.close();
  }

  const working = work();
  return {
    /** The first failure among the completions that began after the count did. */
    failure: () => failure,
    count: () => {
      failure = "";
      countedFromMs = performance.now();
    },
    stop: () => {
      isStopped = true;
      return working;
    },
  };
}

const PAUSE_MS = 300;
