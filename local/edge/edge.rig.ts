import {randomInt} from "node:crypto";
import {mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync} from "node:fs";
import {type ClientHttp2Session, connect} from "node:http2";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {type ConnectionOptions, type TLSSocket, connect as tls} from "node:tls";
import {createAuthority} from "../../cloud/certs.ts";
import {clientFiles} from "../../infra/envoy/client-certificates.ts";
import {edgeArgs, edgeCertificate, edgeConfig} from "../../infra/envoy/config.ts";
import type {EdgeLimits} from "../../infra/envoy/limits.ts";
import {edgeFiles} from "../../infra/envoy/listener.ts";
import type {Script} from "../../proxy/rig.ts";
import {findEnvoy} from "../../setup/envoy.js";
import {until} from "../../setup/until.ts";
import {startResolver} from "../dns/resolver.ts";
import {resolverOf} from "../world/cluster.ts";
import {startProcess} from "../world/process.ts";

/** For tests: a real Envoy with the edge's configuration, in front of what the test runs. */
export interface Edge {
  readonly address: string;
  readonly port: number;
  /** PEM of who signed its certificate. */
  readonly authority: string;
  /** Envoy's last lines: requests that failed, and what went wrong. */
  readonly lines: readonly string[];
  /** A new connection, `from` an address of this host, on which a client's certificate is shown. */
  connect(from?: string, shown?: Shown): ClientHttp2Session;
  /** The same without HTTP above it. */
  socket(protocol: "h2" | "http/1.1", from?: string): TLSSocket;
  /** One of Envoy's own pages. */
  page(path: string, method?: string): Promise<string>;
  /** One of Envoy's counters or gauges, by its name in `/stats`. */
  stat(name: string): Promise<number>;
  /** What Kubernetes asks before it stops the pod; resolves to the status of the answer. */
  preStop(): Promise<number>;
  /** Puts a new certificate in place of the old, as the secrets' driver does. */
  renew(subject?: string): Promise<void>;
}

/** A client's certificate and its key, as PEM. */
export interface Shown {
  readonly cert?: string;
  readonly key?: string;
}

export interface Pods {
  /** All pods behind the name; asked at every look-up. */
  readonly addresses: () => readonly string[];
  readonly port: number;
}

/** A test, or `{after}` of a suite. */
interface Cleanup {
  after(run: () => void | Promise<void>): void;
}

export const HOSTNAME = "completions.example.com";
const ports = {https: 8443, admin: 9901, stop: 9902};

export const envoy = findEnvoy();
/** Why tests of the edge are not run; undefined where they are. */
export const notRun = envoy ? false : "NOT RUN: there is no Envoy; npm start says how to get it";
if (notRun) console.log(notRun);

/** An address of the loopback network that no one else in this run has taken, as far as chance goes. */
export const freeAddress = (): string =>
  `127.${randomInt(128, 250)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;

export interface EdgeSettings {
  readonly proxies: Pods;
  readonly issuers?: Pods;
  readonly limits?: Partial<EdgeLimits>;
  /** Of its certificate. */
  readonly subject?: string;
  /** PEM of whom clients need a certificate of, and of which of them are revoked. */
  readonly clients?: {readonly authorities: string; readonly revoked?: string};
}

export async function startEdge(
  t: Cleanup,
  {
    proxies,
    issuers = {addresses: () => [], port: 8081},
    limits = {},
    subject,
    clients,
  }: EdgeSettings,
): Promise<Edge> {
  const address = freeAddress();
  const folder = mkdtempSync(join(tmpdir(), "edge-"));
  const authority = await createAuthority();
  const dns = await startNames({"proxy.test": proxies, "issuer.test": issuers});
  const config = edgeConfig({
    region: "westeurope",
    ports,
    proxy: {host: "proxy.test", port: proxies.port},
    issuer: {host: "issuer.test", port: issuers.port},
    healthyPercent: 50,
    limits,
    ...(clients && {clientCertificates: {revoked: clients.revoked !== undefined}}),
  });
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  const renew = async (subject?: string) => {
    const {certificate, key} = await authority.issue([HOSTNAME, address], subject);
    write("secrets/tls.pem", `${certificate}\n${key}\n`);
  };
  write(edgeFiles.config, JSON.stringify(config).replaceAll("0.0.0.0", address));
  write(edgeFiles.certificate, JSON.stringify(edgeCertificate()));
  await renew(subject);
  if (clients) write(clientFiles.authorities, clients.authorities);
  if (clients?.revoked) write(clientFiles.revoked, clients.revoked);
  const running = startProcess({
    command: envoy!,
    args: [
      ...["-c", edgeFiles.config, ...edgeArgs],
      ...["--config-yaml", JSON.stringify(resolverOf(dns.address)), "--concurrency", "1"],
    ],
    env: {},
    cwd: folder,
  });
  t.after(async () => {
    await running.stop(0);
    dns.close();
    rmSync(folder, {recursive: true});
  });
  const page = async (path: string, method = "GET") =>
    (await fetch(`http://${address}:${ports.admin}${path}`, {method})).text();
  const stat = async (name: string) => {
    const line = (await page(`/stats?filter=^${name}$`)).trim();
    return Number(line.slice(line.lastIndexOf(" ") + 1));
  };
  let ended = "";
  void running.ended.then((how) => {
    ended = how;
  });
  const isReady = async () => {
    if (ended) throw new Error(`Envoy ended (${ended}): ${running.lines.join("\n")}`);
    return (await page("/ready").catch(() => "")).trim() === "LIVE";
  };
  await until(isReady);
  const socket = (protocol: string, from?: string, shown: Shown = {}) =>
    tls({
      ...shown,
      host: address,
      port: ports.https,
      servername: HOSTNAME,
      ca: authority.pem,
      ALPNProtocols: [protocol],
      ...(from && {localAddress: from}),
    } as ConnectionOptions).on("error", () => {});
  return {
    address,
    port: ports.https,
    authority: authority.pem,
    lines: running.lines,
    page,
    stat,
    renew,
    socket,
    preStop: async () => (await fetch(`http://${address}:${ports.stop}/stop`)).status,
    connect(from, shown) {
      const createConnection = () => socket("h2", from, shown);
      const session = connect(`https://${HOSTNAME}`, {createConnection});
      session.on("error", () => {});
      t.after(() => session.destroy());
      return session;
    },
  };
}

/** The cluster's DNS: each name answers with every pod of its kind. */
function startNames(names: Record<string, Pods>) {
  return startResolver({
    listen: {host: freeAddress(), port: 8053},
    lookup: (name) => names[name] && {aliases: [], addresses: names[name].addresses(), ttlS: 1},
  });
}

/** What a scripted proxy answers to the edge's question for its vote; the rest is `script`'s. */
export const voting =
  (script: Script, isWell = () => true): Script =>
  (seen) => {
    if (seen.headers[":path"] !== "/healthz") return script(seen);
    seen.stream.respond({":status": isWell() ? 200 : 500}, {endStream: true});
    seen.stream.resume();
  };
