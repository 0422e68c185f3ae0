import {type AddressInfo, connect, createServer} from "node:net";
import {setTimeout as sleep} from "node:timers/promises";
import {edgeArgs, edgeConfig} from "../infra/envoy/config.ts";
import {edgeFiles} from "../infra/envoy/listener.ts";
import {envoyConfig, haproxyConfig} from "../local/http2/relays.ts";
import type {Process} from "../local/world/process.ts";
import {findEnvoy} from "../setup/envoy.js";
import {findServer} from "../setup/programs.js";
import type {Children} from "./children.ts";
import type {Row} from "./rows.ts";
import {policyOf, proxyEnvironment, type Stage} from "./stage.ts";

export interface Target {
  readonly origin: string;
  /** PEM of who signed its certificate; none where it speaks cleartext. */
  readonly authority: string | undefined;
  readonly pids: readonly number[];
  /** Where it tells its longest pauses, if it was started to. */
  readonly pauses?: string;
  stop(): Promise<void>;
  /** Stops it as its image is stopped where another takes its place; resolves once it is gone. */
  retire(): Promise<void>;
}

export interface Place {
  readonly stage: Stage;
  readonly children: Children;
  readonly core: number | undefined;
  readonly hostPort: number;
  /** Node's own options, for a proxy that is profiled. */
  readonly nodeArgs?: readonly string[] | undefined;
  /** Whether a proxy is to tell its longest pauses. */
  readonly pauses?: boolean | undefined;
}

/** Why a row cannot be run here, with the mend. */
export function missing(row: Row): string | undefined {
  if (row === "haproxy" && !findHaproxy())
    return "there is no haproxy; mend: apt-get install haproxy";
  if ((row === "envoy" || row === "edge") && !findEnvoy())
    return "there is no Envoy; mend: npm start fetches it, or put envoy on PATH";
  return undefined;
}

const findHaproxy = () => findServer("haproxy");

/** Starts what a row names; resolves once it listens. */
export const startTarget = (row: Row, place: Place): Promise<Target> => starters[row](place);

const starters: Record<Row, (place: Place) => Promise<Target>> = {
  direct: async ({hostPort}) => ({
    origin: `http://127.0.0.1:${hostPort}`,
    authority: undefined,
    pids: [],
    stop: async () => {},
    retire: async () => {},
  }),
  haproxy: startHaproxy,
  envoy: startEnvoy,
  proxy: startProxy,
  edge: startEdge,
};

async function startHaproxy(place: Place): Promise<Target> {
  const port = await freePort();
  const config = haproxyConfig({listen: port, host: place.hostPort});
  const path = place.stage.write("haproxy.cfg", config);
  return launch(place, port, findHaproxy() as string, ["-db", "-f", path], {retiredBy: "SIGUSR1"});
}

async function startEnvoy(place: Place): Promise<Target> {
  const port = await freePort();
  const config = envoyConfig({listen: port, host: place.hostPort});
  const path = place.stage.write("envoy.json", JSON.stringify(config));
  return launch(place, port, findEnvoy() as string, envoyArgs(path));
}

async function startProxy(place: Place): Promise<Target> {
  const [port, admin] = [await freePort(), await freePort()];
  place.stage.write("policy.json", JSON.stringify(policyOf(place.hostPort)));
  const env = proxyEnvironment({listen: port, admin});
  const [own, pauses] = [place.nodeArgs ?? [], place.pauses && (await freePort())];
  if (!pauses) return launch(place, port, process.execPath, [...own, "main.js"], {env});
  const args = [...own, "--import", PAUSES, "main.js"];
  const told = {...env, PAUSES_PORT: `${pauses}`};
  const target = await launch(place, port, process.execPath, args, {env: told});
  return {...target, pauses: `http://127.0.0.1:${pauses}`};
}

const PAUSES = new URL("pauses.ts", import.meta.url).href;

/** The region's own Envoy, its TLS and all, in front of the proxy on the same core. */
async function startEdge(place: Place): Promise<Target> {
  const {stage} = place;
  const behind = await startProxy(place);
  const [https, admin, stop] = [await freePort(), await freePort(), await freePort()];
  const proxy = {host: "127.0.0.1", port: Number(new URL(behind.origin).port)};
  const ports = {https, admin, stop};
  const config = edgeConfig({
    region: "westeurope",
    ports,
    proxy,
    issuer: proxy,
    healthyPercent: 50,
  });
  const text = JSON.stringify(config).replaceAll("0.0.0.0", "127.0.0.1");
  const args = envoyArgs(stage.write(edgeFiles.config, text));
  const edge = await launch(place, https, findEnvoy() as string, args);
  return {
    origin: `https://127.0.0.1:${https}`,
    authority: stage.authority,
    pids: [...edge.pids, ...behind.pids],
    stop: async () => void (await Promise.all([edge.stop(), behind.stop()])),
    retire: async () => void (await Promise.all([edge.retire(), behind.retire()])),
  };
}

/** As the edge's pod runs it, on one core. */
const envoyArgs = (config: string) => ["-c", config, "--concurrency", "1", ...edgeArgs];

interface Launch {
  readonly env?: Readonly<Record<string, string>>;
  /** How its image is stopped. */
  readonly retiredBy?: NodeJS.Signals;
}

async function launch(
  {stage, children, core}: Place,
  port: number,
  command: string,
  args: readonly string[],
  {env = {}, retiredBy = "SIGTERM"}: Launch = {},
): Promise<Target> {
  const running = children.start({command, args, cwd: stage.folder, core, env});
  await listening(running, port, command);
  return {
    origin: `http://127.0.0.1:${port}`,
    authority: undefined,
    pids: [running.pid],
    stop: () => children.stop(running),
    retire: () => children.retire(running, retiredBy),
  };
}

const LISTENS_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 20;

async function listening(running: Process, port: number, command: string): Promise<void> {
  let ended: string | undefined;
  void running.ended.then((how) => {
    ended = how;
  });
  for (const endMs = Date.now() + LISTENS_WITHIN_MS; !(await isOpen(port)); ) {
    if (ended || Date.now() > endMs)
      throw new Error(`${command}: ${ended ?? "does not listen"}: ${running.lines.join("\n")}`);
    await sleep(LOOK_EVERY_MS);
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

/** HAProxy and Envoy are told their port: one that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
