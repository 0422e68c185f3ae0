import {createServer} from "node:http";
import type {Address} from "./config.ts";
import type {Metrics} from "./metrics.ts";

/**
 * The admin page, by HTTP/1.1 as kubelet and Prometheus speak it: `/livez` (the process runs),
 * `/healthz` (the vote), `/metrics`. For the cluster alone.
 */
export async function serveAdmin({
  listen,
  healthy,
  metrics,
}: {
  listen: Address;
  healthy: () => boolean;
  metrics: Metrics;
}): Promise<{close(): void}> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, text: string) =>
      response.writeHead(status, {"content-type": "text/plain; version=0.0.4"}).end(text);
    if (request.url === "/livez") answer(200, "alive\n");
    else if (request.url === "/healthz")
      answer(healthy() ? 200 : 500, healthy() ? "in\n" : "out\n");
    else if (request.url === "/metrics") answer(200, await metrics.text());
    else answer(404, "try /livez, /healthz or /metrics\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {close: () => server.close()};
}
