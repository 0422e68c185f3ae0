import {connect, createServer, type Server, type Socket} from "node:net";
import {createServer as createTlsServer, TLSSocket} from "node:tls";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where Envoy is missing, the balancer ends TLS in its place. */
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
 * Azure's load balancer: layer 4, each connection to one of the well targets, the next one where the
 * first does not answer. Bytes pass through as they are.
 */
export async function startBalancer({
  listen,
  targets,
  termination,
}: {
  listen: Endpoint;
  /** Asked for each connection, in order of preference; `protocol` is what TLS agreed on, if it ends here. */
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
