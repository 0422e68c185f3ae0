import {randomUUID} from "node:crypto";
import {createServer} from "node:http";
import type {AddressInfo} from "node:net";
import {buffer} from "node:stream/consumers";

/** What builds are made from. */
export interface Uploads {
  /** A place where something can be put, as a registry gives it. */
  place(): {readonly relativePath: string; readonly uploadUrl: string};
  /** What was put there. */
  at(relativePath: string): Uint8Array | undefined;
  /** How often something was put anywhere. */
  count(): number;
  stop(): void;
}

/** Takes what a registry's store takes: https://learn.microsoft.com/rest/api/storageservices/put-blob. */
export async function startUploads(): Promise<Uploads> {
  const held = new Map<string, Uint8Array>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const isPut = request.method === "PUT" && request.headers["x-ms-blob-type"] === "BlockBlob";
    if (isPut) held.set(request.url!.slice(1), body);
    response.writeHead(isPut ? 201 : 400).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;

  function place() {
    const relativePath = `source/${randomUUID()}.tar.gz`;
    return {relativePath, uploadUrl: `http://127.0.0.1:${port}/${relativePath}`};
  }

  function stop(): void {
    server.close();
    server.closeAllConnections();
  }

  return {place, at: (path) => held.get(path), count: () => held.size, stop};
}
