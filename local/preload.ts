/**
 * Loaded first into every Node process of a pod. It is what the pod's network would be: names are
 * asked of the cluster's DNS server, and HTTPS goes to the port that the world serves it on, as a
 * laptop's user may not listen on 443. The programs themselves know nothing of it.
 */
import dns, {type LookupAddress, type LookupOptions} from "node:dns";
import {syncBuiltinESMExports} from "node:module";
import net from "node:net";
import {publicPort} from "./ports.ts";

type Answer = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

const resolver = new dns.promises.Resolver({timeout: 1000, tries: 2});
resolver.setServers([process.env.CLUSTER_DNS ?? ""]);

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

const {connect} = net.Socket.prototype;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const given = (Array.isArray(args[0]) ? args[0][0] : args[0]) as {port?: number | string};
  if (given?.port) given.port = publicPort(Number(given.port));
  return connect.apply(this, args as Parameters<typeof connect>);
} as typeof connect;

// The world's own process is at the other end; without it there is nothing to serve.
process.stdin.on("end", () => process.exit(0)).resume();
(process.stdin as unknown as net.Socket).unref?.();
