/**
 * Loaded first into a Node process that is to live in the world. It is what the process's network would
 * be: names are asked of the world's DNS server, HTTPS goes to the port that the world serves it on, as
 * a laptop's user may not listen on 443, and nothing leaves this machine. The program itself knows
 * nothing of it.
 */
import dns, {type LookupAddress, type LookupOptions} from "node:dns";
import {syncBuiltinESMExports} from "node:module";
import net from "node:net";
import {publicPort} from "./ports.ts";

type Answer = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

const resolver = new dns.promises.Resolver({timeout: 1000, tries: 2});
resolver.setServers([process.env.DNS_SERVER ?? ""]);

function lookup(hostname: string, options: LookupOptions | Answer, callback?: Answer): void {
  const answer = (callback ?? options) as Answer;
  const all = typeof options === "object" && options.all;
  const found = (addresses: string[]) =>
    all
      ? answer(
          null,
          addresses.map((address) => ({address, family: 4})),
        )
      : answer(null, addresses[0], 4);
  if (net.isIP(hostname)) found([hostname]);
  else resolver.resolve4(hostname).then(found, answer);
}

dns.lookup = lookup as typeof dns.lookup;
// For those who import it by its name.
syncBuiltinESMExports();

interface Target {
  port?: number | string;
  readonly host?: string;
}

const {connect} = net.Socket.prototype;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const given = (Array.isArray(args[0]) ? args[0][0] : args[0]) as Target | undefined;
  if (isOutside(given?.host)) return this.destroy(refusal(given?.host));
  if (given?.port) given.port = publicPort(Number(given.port));
  return connect.apply(this, args as Parameters<typeof connect>);
} as typeof connect;

/** Names are not: the world's DNS server knows none but the world's own. */
const isOutside = (host = "") => net.isIP(host) !== 0 && !/^127\.|^::1$/.test(host);

const refusal = (host = "") =>
  Object.assign(new Error(`${host} is not of this world; nothing leaves the machine`), {
    code: "ENETUNREACH",
  });
