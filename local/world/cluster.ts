import {mkdirSync, renameSync, symlinkSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {setTimeout as sleep} from "node:timers/promises";
import {fileURLToPath, pathToFileURL} from "node:url";
import type {Endpoint} from "../../cloud/balancer.ts";
import {
  isEdge,
  isModelServer,
  type Labels,
  type PodSpec,
  selects,
} from "../../cloud/kubernetes/pods.ts";
import {type Started, startedAs} from "../../ops/rollout/running.ts";
import {type Process, startProcess} from "./process.ts";

/** A region's cluster: pods run as processes, restarted when they crash. */
export interface Cluster {
  readonly pods: readonly Pod[];
  /** As an autoscaler does: starts pods of a workload, as many as there is room for, or has its last ones leave. */
  scale(workload: string, count: number): Promise<void>;
  /** Addresses of the pods that a selector chooses; of those that are not ready if asked for. */
  select(selector: Labels, unready?: boolean): readonly string[];
}

export interface Pod {
  readonly spec: PodSpec;
  readonly ready: boolean;
  readonly pid: number;
  /** As `kubectl delete pod`: no longer ready, asked to say farewell, told to stop; then started anew. */
  replace(): Promise<void>;
  /** Changes a mounted file, as the kubelet does when a ConfigMap or a secret has changed. */
  write(path: string, text: string): void;
  kill(): void;
}

/** Programs of images, by what their names contain. */
export interface Images {
  /** Folder that holds main.js and issuer.js. */
  readonly proxy: string;
  /** Envoy's executable; undefined where there is none. */
  readonly envoy: string | undefined;
}

export interface ClusterOptions {
  readonly region: string;
  /** All that there is room for. */
  readonly specs: readonly PodSpec[];
  /** How many pods of a workload run at first. */
  readonly begins: (workload: string) => number;
  /** Each pod has a folder in it. */
  readonly folder: string;
  readonly images: Images;
  readonly dns: Endpoint;
  /** PEM file of the world's certificate authority. */
  readonly authorityFile: string;
  /** Of model servers. */
  readonly models: {
    /** Of their weights, by workload. */
    readonly families: ReadonlyMap<string, string>;
    /** Address of a server that completes instead. */
    readonly forward: string | undefined;
    /** How long they take to load their weights. */
    readonly loadMs: number;
  };
  /** Called with what stops the pods, before any of them runs. */
  readonly started: (stop: () => unknown) => void;
  /** Called with each process. */
  readonly note: (started: Started) => void;
  readonly say: (line: string) => void;
}

interface StartedPod extends Pod {
  start(): Promise<void>;
  /** No longer ready, asked to say farewell, told to stop. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

/** A process that ends is told at once; one that starts beside fifty others, on a busy machine, is waited for. */
const READY_WITHIN_MS = 60_000;
const PROBE_EVERY_MS = 50;
const BACKOFF_MS = 500;

/** Starts the pods; resolves once all are ready. Rejects, with a pod's last lines, when one is not. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const all = options.specs.map((spec) => createPod(spec, options));
  options.started(() => Promise.all(all.map((pod) => pod.stop())));
  const counts = new Map(
    options.specs.map(({workload}) => [workload, options.begins(workload)] as const),
  );
  const isAsked = ({spec}: Pod) => spec.number <= counts.get(spec.workload)!;

  async function scale(workload: string, count: number) {
    const own = all.filter(({spec}) => spec.workload === workload);
    const before = own.filter(isAsked);
    counts.set(workload, count);
    await Promise.all([
      ...own.filter((pod) => isAsked(pod) && !before.includes(pod)).map((pod) => pod.start()),
      ...before.filter((pod) => !isAsked(pod)).map((pod) => pod.leave()),
    ]);
  }

  // The edge last: what it looks for is then there at its first look.
  const [edges, others] = [true, false].map((edge) =>
    all.filter((pod) => isAsked(pod) && isEdge(pod.spec.image) === edge),
  );
  for (const group of [others!, edges!]) await Promise.all(group.map((pod) => pod.start()));
  return {
    get pods() {
      return all.filter(isAsked);
    },
    scale,
    select: (selector, unready = false) =>
      all
        .filter((pod) => pod.ready || (unready && isAsked(pod)))
        .filter(({spec}) => selects(selector, spec.labels))
        .map(({spec}) => spec.address),
  };
}

function createPod(spec: PodSpec, options: ClusterOptions): StartedPod {
  const {region, say, note} = options;
  const cwd = join(options.folder, spec.name);
  let process: Process | undefined;
  let ready = false;
  let stopping = false;

  async function start() {
    if (stopping) throw new Error(`${region} ${spec.name} is not started: the world stops`);
    const running = startProcess({...programOf(spec, options), cwd});
    process = running;
    note(startedAs(running.pid, running.child.spawnargs.join(" ")));
    void running.ended.then((how) => {
      ready = false;
      if (process === running && !stopping) void restart(running, how);
    });
    await untilReady(spec, running, region);
    ready = true;
  }

  async function restart(ended: Process, how: string) {
    const last = ended.lines.at(-1) ?? "it said nothing";
    say(`${region} ${spec.name} ended (${how}: ${last}); starting it again`);
    await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS));
    if (!stopping && process === ended) await start().catch((error) => say(String(error)));
  }

  async function leave() {
    const old = process;
    process = undefined;
    ready = false;
    await sayFarewell(spec);
    await old?.stop(spec.graceMs);
  }

  async function stop() {
    stopping = true;
    await process?.stop(STOP_WITHIN_MS);
  }

  writeFiles(cwd, spec, options.images);
  return {
    spec,
    get ready() {
      return ready;
    },
    get pid() {
      return process?.pid ?? 0;
    },
    start,
    leave,
    replace: async () => {
      await leave();
      await start();
    },
    write: (path, text) => {
      writeFileSync(join(cwd, `${path}.new`), text, {mode: 0o600});
      renameSync(join(cwd, `${path}.new`), join(cwd, path));
    },
    kill: () => void process?.child.kill("SIGKILL"),
    stop,
  };
}

/** When the world ends, nobody waits for a drain. */
const STOP_WITHIN_MS = 1500;

/** As the kubelet: a hook that fails holds nothing up. */
async function sayFarewell({farewell, address, graceMs}: PodSpec) {
  if (!farewell) return;
  if ("sleepMs" in farewell) return sleep(farewell.sleepMs);
  const url = `http://${address}:${farewell.port}${farewell.path}`;
  await fetch(url, {signal: AbortSignal.timeout(graceMs)}).catch(() => {});
}

function writeFiles(folder: string, {image, files, secrets}: PodSpec, images: Images) {
  mkdirSync(folder, {recursive: true});
  const write = (path: string, text: string, mode: number) => {
    mkdirSync(dirname(join(folder, path)), {recursive: true});
    writeFileSync(join(folder, path), text, {mode});
  };
  for (const [path, text] of Object.entries(files)) write(path, text, 0o644);
  for (const [path, text] of Object.entries(secrets)) write(path, text, 0o600);
  if (isEdge(image) || isModelServer(image)) return;
  for (const file of ["main.js", "issuer.js", "package.json"])
    symlinkSync(join(images.proxy, file), join(folder, file));
}

const preload = pathToFileURL(fileURLToPath(new URL("preload.ts", import.meta.url))).href;

/** What runs in place of vLLM, which needs a GPU. */
const vllm = fileURLToPath(new URL("../../cloud/models/vllm-server/main.ts", import.meta.url));

function programOf(spec: PodSpec, {images, dns, authorityFile, models}: ClusterOptions) {
  const [, ...args] = spec.command;
  const server = `${dns.host}:${dns.port}`;
  if (isEdge(spec.image)) {
    if (!images.envoy) throw new Error(`${spec.name} needs Envoy, and there is none`);
    const own = ["--config-yaml", JSON.stringify(resolverOf(dns)), "--concurrency", "1"];
    return {command: images.envoy, args: [...args, ...own], env: {}};
  }
  const env = {
    ...spec.env,
    DNS_SERVER: server,
    NODE_OPTIONS: `--import=${preload} --disable-warning=ExperimentalWarning`,
    NODE_EXTRA_CA_CERTS: authorityFile,
  };
  if (!isModelServer(spec.image)) return {command: process.execPath, args, env};
  const {forward, loadMs} = models;
  const family = models.families.get(spec.workload);
  const own = {
    STAND_IN_LOAD_MS: `${loadMs}`,
    ...(family !== undefined && {STAND_IN_FAMILY: family}),
    ...(forward !== undefined && {STAND_IN_FORWARD: forward}),
  };
  return {command: process.execPath, args: [vllm, ...args], env: {...env, ...own}};
}

/** What resolv.conf says in a real pod, merged into Envoy's configuration. */
export function resolverOf({host, port}: Endpoint) {
  return {
    typed_dns_resolver_config: {
      name: "envoy.network.dns_resolver.cares",
      typed_config: {
        "@type":
          "type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig",
        resolvers: [{socket_address: {address: host, port_value: port}}],
      },
    },
  };
}

async function untilReady({name, address, ready}: PodSpec, running: Process, region: string) {
  const url = `http://${address}:${ready.port}${ready.path}`;
  let ended: string | undefined;
  void running.ended.then((how) => {
    ended = how;
  });
  for (const end = Date.now() + READY_WITHIN_MS; Date.now() < end && ended === undefined; ) {
    const answer = await fetch(url, {signal: AbortSignal.timeout(1000)}).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  const how = ended ? `ended (${ended})` : `was not ready within ${READY_WITHIN_MS / 1000} s`;
  const lines = running.lines.map((line) => `    ${line}`).join("\n");
  throw new Error(`${region} ${name} ${how}. Its last lines:\n${lines || "    (none)"}`);
}
