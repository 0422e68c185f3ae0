import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import type {Address} from "../config.ts";
import type {WatchedFile} from "../file.ts";
import type {Policy} from "../policy.ts";
import type {DeploymentState} from "../route/deployment-health.ts";
import type {Metrics} from "./metrics.ts";
import {type Missed, named} from "./vote.ts";

export interface Admin {
  readonly address: Address;
  close(): void;
}

/**
 * The admin page, by HTTP/1.1 as kubelet and Prometheus speak it: `/livez` (the process runs),
 * `/healthz` (the vote, and which models put it out, why), `/metrics`, `/policy` (what is in force, and why a newer one is not),
 * `/deployments` (how each is judged, each replica too). For the cluster alone.
 */
export async function serveAdmin({
  listen,
  healthy,
  missed,
  metrics,
  policy,
  deployments,
}: {
  listen: Address;
  healthy: () => boolean;
  missed: () => readonly Missed[];
  metrics: Metrics;
  policy: WatchedFile<Policy>;
  deployments: () => readonly DeploymentState[];
}): Promise<Admin> {
  const pages = new Map<string, () => Page>([
    ["/livez", () => text("alive\n")],
    ["/healthz", () => (healthy() ? text("in\n") : text(outBy(missed()), 500))],
    ["/metrics", () => text(metrics.text())],
    ["/policy", () => json({inForce: policy.value, refused: policy.fault ?? null})],
    ["/deployments", () => json(deployments())],
  ]);
  const server = createServer((request, response) => {
    const {status, type, body} = pageAt(request.url ?? "");
    response.writeHead(status, {"content-type": type}).end(body);
  });
  function pageAt(url: string): Page {
    try {
      return pages.get(url)?.() ?? text(`try ${[...pages.keys()].join(", ")}\n`, 404);
    } catch (cause) {
      metrics.fault(cause);
      return text("failed; the log says why\n", 500);
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  const {address, port} = server.address() as AddressInfo;
  return {address: {host: address, port}, close: () => server.close()};
}

/** A proxy that drains, or has no credential yet, is out and misses nothing. */
function outBy(missed: readonly Missed[]): string {
  const told = missed.map((one) => `${named(one)} (${one.why})`);
  return told.length > 0 ? `out: misses ${told.join(", ")}\n` : "out\n";
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const text = (body: string, status = 200): Page => ({
  status,
  type: "text/plain; version=0.0.4",
  body,
});

const json = (value: unknown): Page => ({
  status: 200,
  type: "application/json",
  body: `${JSON.stringify(value, null, 2)}\n`,
});
