import {createServer} from "node:http";
import {type AddressInfo, connect, type Socket} from "node:net";

export interface Tunnel {
  /** For programs that take HTTPS_PROXY. */
  readonly url: string;
  /** The names that were asked for and lead nowhere. */
  readonly refused: readonly string[];
  close(): void;
}

/**
 * Leads programs that know Azure by its public names to stand-ins on loopback: an HTTP proxy that answers
 * CONNECT (RFC 9110, section 9.3.6) for the names given, and refuses the rest of the Internet.
 */
export async function startTunnel(ports: Readonly<Record<string, number>>): Promise<Tunnel> {
  const refused: string[] = [];
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket)).on("error", () => socket.destroy());
  };
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on("connect", ({url = ""}, client: Socket, head: Buffer) => {
    keep(client);
    const [name = ""] = url.split(":");
    const port = ports[name];
    if (port === undefined) {
      refused.push(name);
      return void client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    }
    const upstream = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
    keep(upstream);
    client.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    refused,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
