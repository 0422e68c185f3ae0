import {edgeArgs, edgeConfig} from "../infra/envoy/config.ts";
import {edgeFiles} from "../infra/envoy/listener.ts";
import {PROXY_ARGS} from "../infra/image/program.ts";
import {envoyConfig, haproxyConfig} from "../local/http2/relays.ts";
import {findEnvoy} from "../setup/envoy.js";
import {findServer} from "../setup/programs.js";
import {fetchGateway, gatewayOrder} from "./gateways.ts";
import {freePort, launch, type Place, type Target} from "./launch.ts";
import {type Gateway, isGateway, type Row} from "./rows.ts";
import {policyOf, proxyEnvironment} from "./stage.ts";

/** Why a row cannot be run here, with the mend. */
export function missing(row: Row): string | undefined {
  if (row === "haproxy" && !findHaproxy())
    return "there is no haproxy; mend: apt-get install haproxy";
  if (isGateway(row)) return fetchGateway(row);
  if ((row === "envoy" || row === "edge") && !findEnvoy())
    return "there is no Envoy; mend: npm start fetches it, or put envoy on PATH";
  return undefined;
}

const findHaproxy = () => findServer("haproxy");

/** Starts what a row names; resolves once it listens. */
export const startTarget = (row: Row, place: Place): Promise<Target> =>
  isGateway(row) ? startGateway(row, place) : starters[row](place);

const starters: Record<Exclude<Row, Gateway>, (place: Place) => Promise<Target>> = {
  direct: startDirect,
  haproxy: startHaproxy,
  envoy: startEnvoy,
  proxy: startProxy,
  edge: startEdge,
};

/** Where pauses are asked for, a Node with nothing to do stands on the target's core: its pauses are the machine's. */
async function startDirect(place: Place): Promise<Target> {
  const origin = `http://127.0.0.1:${place.hosts.port}`;
  const nobody = {origin, authority: undefined, http1: false, pids: []};
  if (!place.pauses) return {...nobody, stop: async () => {}, retire: async () => {}};
  const port = await freePort();
  const args = ["--import", PAUSES, "-e", "setInterval(() => {}, 1000)"];
  const idle = await launch(place, port, process.execPath, args, {env: {PAUSES_PORT: `${port}`}});
  return {...idle, ...nobody, pauses: idle.origin};
}

async function startHaproxy(place: Place): Promise<Target> {
  const port = await freePort();
  const config = haproxyConfig({listen: port, host: place.hosts.port});
  const path = place.stage.write("haproxy.cfg", config);
  return launch(place, port, findHaproxy() as string, ["-db", "-f", path], {retiredBy: "SIGUSR1"});
}

async function startEnvoy(place: Place): Promise<Target> {
  const port = await freePort();
  const config = envoyConfig({listen: port, host: place.hosts.port});
  const path = place.stage.write("envoy.json", JSON.stringify(config));
  return launch(place, port, findEnvoy() as string, envoyArgs(path));
}

async function startProxy(place: Place): Promise<Target> {
  const [port, admin] = [await freePort(), await freePort()];
  place.stage.write("policy.json", JSON.stringify(policyOf(place.hosts.port)));
  const env = proxyEnvironment({listen: port, admin});
  const [own, pauses] = [place.nodeArgs ?? [], place.pauses && (await freePort())];
  if (!pauses) return launch(place, port, process.execPath, [...own, ...PROXY_ARGS], {env});
  const args = [...own, "--import", PAUSES, ...PROXY_ARGS];
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
    http1: false,
    pids: [...edge.pids, ...behind.pids],
    stop: async () => void (await Promise.all([edge.stop(), behind.stop()])),
    retire: async () => void (await Promise.all([edge.retire(), behind.retire()])),
  };
}

async function startGateway(row: Gateway, place: Place): Promise<Target> {
  const [listen, metrics] = [await freePort(), await freePort()];
  const ports = {listen, metrics, host: place.hosts.http1Port};
  const {command, args, env} = gatewayOrder(row, place.stage, ports);
  return {...(await launch(place, listen, command, args, {env})), http1: true};
}

/** As the edge's pod runs it, on one core. */
const envoyArgs = (config: string) => ["-c", config, "--concurrency", "1", ...edgeArgs];
