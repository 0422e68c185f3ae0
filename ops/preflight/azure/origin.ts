import {BlockList, isIP} from "node:net";
import {clouds} from "../../../regions/clouds/clouds.ts";
import {UsageError} from "../../command/arguments.ts";

const EXAMPLE = `https://${clouds.public.hosts.resourceManager}`;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/**
 * The origin of Azure Resource Manager. Throws if the address is more than an origin, or a token would
 * travel to it in the clear.
 */
export function armOrigin(text: string): string {
  const url = URL.parse(text);
  const refuse = (why: string) =>
    new UsageError(`--arm ${text}: ${why}; write an origin such as ${EXAMPLE}`);
  if (!url) throw refuse("is not an address");
  if (url.username || url.password || url.search || url.hash || url.pathname !== "/")
    throw refuse("has more than a host");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname)))
    throw refuse("is not https");
  return url.origin;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const version = isIP(host);
  return version > 0 && loopback.check(host, version === 6 ? "ipv6" : "ipv4");
}
