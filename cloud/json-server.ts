import type {IncomingMessage} from "node:http";
import {createServer} from "node:https";
import type {AddressInfo} from "node:net";
import type {Endpoint} from "./balancer.ts";

export interface JsonServerOptions {
  readonly listen: Endpoint;
  readonly certificate: string;
  readonly key: string;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JsonServer {
  readonly url: string;
  readonly port: number;
  close(): void;
}

/** An HTTPS server that answers each request with JSON, as the services that stand-ins stand in for do. */
export async function startJsonServer(
  {listen, certificate, key}: JsonServerOptions,
  replyTo: (request: IncomingMessage) => Reply | Promise<Reply>,
): Promise<JsonServer> {
  const server = createServer({cert: certificate, key}, async (request, response) => {
    const {status, body, headers} = await replyTo(request);
    response
      .writeHead(status, {"content-type": "application/json; charset=utf-8", ...headers})
      .end(JSON.stringify(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  const {address, port} = server.address() as AddressInfo;
  return {
    url: `https://${address}:${port}`,
    port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
