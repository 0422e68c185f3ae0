import {createServer} from "node:net";

/** Whether this machine can listen on an address. */
export type Listens = (address: string) => Promise<boolean>;

/**
 * Throws where this machine lacks some of the addresses, naming all of them in the one command that adds
 * them: Linux has all of 127.0.0.0/8, macOS and the BSDs 127.0.0.1 alone.
 */
export async function requireAddresses(
  addresses: readonly string[],
  {
    listens = canListen,
    platform = process.platform,
  }: {listens?: Listens | undefined; platform?: string} = {},
): Promise<void> {
  const found = await Promise.all(addresses.map(listens));
  const missing = addresses.filter((_, at) => !found[at]);
  if (missing.length === 0) return;
  const lacks = `This machine lacks ${missing.length} of the ${addresses.length} loopback addresses that the world listens on.`;
  throw new Error(`${lacks} ${mend(missing, platform)}`);
}

function mend(missing: readonly string[], platform: string): string {
  if (platform === "linux")
    return `Its loopback interface is down; bring it up, then start again: sudo ip link set lo up`;
  return `Add them until it restarts, then start again:\n  for address in ${missing.join(" ")}; do sudo ifconfig lo0 alias $address; done`;
}

/** Anything else that stands in the way is told when the address is used. */
const canListen: Listens = (address) =>
  new Promise((resolve) => {
    const server = createServer();
    server.on("error", ({code}: NodeJS.ErrnoException) => resolve(code !== "EADDRNOTAVAIL"));
    server.listen(0, address, () => server.close(() => resolve(true)));
  });
