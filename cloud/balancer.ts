import {connect, createServer, type Server, type Socket} from "node:net";
import {createServer as createTlsServer, TLSSocket} from "node:tls";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How to terminate TLS in Envoy's place, where Envoy is not installed. */
export interface Termination {
  readonly certificate: string;
  readonly key: string;
  readonly protocols: readonly string[];
}

export interface Balancer {
  readonly connections: number;
  close(): void;
}

/**
 * Stands in for Azure's load balancer, on layer 4: sends each connection to a healthy target in turn, and
 * to the next where that one does not answer. Bytes pass through as they are.
 */
export async function startBalancer({
  listen,
  targets,
  termination,
}: {
  listen: Endpoint;
  /** The healthy targets, asked for at each connection; `protocol` is what TLS negotiated, if it is terminated here. */
  targets: (protocol?: string) => readonly Endpoint[];
  termination?: Termination;
}): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let next = 0;
  const server: Server = termination
    ? createTlsServer(
        {
          cert: termination.certificate,
          key: termination.key,
          ALPNProtocols: [...termination.protocols],
        },
        serve,
      )
    : createServer(serve);

  function serve(client: Socket) {
    const well = targets(
      client instanceof TLSSocket ? client.alpnProtocol || undefined : undefined,
    );
    const first = next++ % Math.max(1, well.length);
    keep(client);
    pass(client, [...well.slice(first), ...well.slice(0, first)]);
  }

  function pass(client: Socket, [target, ...others]: readonly Endpoint[]) {
    if (!target) return void client.destroy();
    const upstream = connect(target.port, target.host);
    keep(upstream);
    const refused = () => pass(client, others);
    upstream.once("error", refused);
    upstream.once("connect", () => {
      upstream.off("error", refused);
      client.pipe(upstream).pipe(client);
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.destroy());
    });
  }

  function keep(socket: Socket) {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  }

  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return {
    get connections() {
      return sockets.size;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
