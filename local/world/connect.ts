import {createSocket} from "node:dgram";
import {decode, encode, type Answer as Record} from "dns-packet";
import {openWire, type Service, type Wire} from "../../editor/wire.ts";
import type {Place} from "../../regions/places/places.ts";
import {subnetOf} from "../dns/subnets.ts";
import type {RunningWorld} from "./world.ts";

const DNS_TIMEOUT_MS = 2000;
const NETWORK = new URL("network.ts", import.meta.url).href;

/** What makes a Node process live in a running world, with its names and its authority. */
export const environmentIn = ({dns, authorityFile}: RunningWorld) => ({
  DNS_SERVER: `${dns.host}:${dns.port}`,
  NODE_EXTRA_CA_CERTS: authorityFile,
  NODE_OPTIONS: `--import=${NETWORK}`,
});

/** A running world as an editor finds it. Without an edge nobody routes requests for tokens to the issuer. */
export const serviceOf = ({
  port,
  issuerPort,
  hostname,
  authority,
  edge,
}: RunningWorld): Service => ({
  hostname,
  port,
  authority: authority.pem,
  ...(!edge && {issuerPort}),
});

/** Connects to a region by its address, past DNS. */
export const connectTo = (running: RunningWorld, {address}: {address: string}): Wire =>
  openWire(serviceOf(running), address);

/** The address that the world's DNS server gives to a client of a place, by its subnet (RFC 7871). */
export function resolve({dns, hostname}: RunningWorld, place: Place): Promise<string> {
  const [ip, length] = subnetOf(place).split("/") as [string, string];
  const option = {code: "CLIENT_SUBNET", family: 1, sourcePrefixLength: Number(length), ip};
  const query = encode({
    type: "query",
    id: 1,
    questions: [{type: "A", name: hostname}],
    additionals: [
      {type: "OPT", name: ".", udpPayloadSize: 1232, options: [option]} as unknown as Record,
    ],
  });
  const socket = createSocket("udp4");
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(reject, DNS_TIMEOUT_MS, new Error("DNS did not answer"));
    socket.on("error", reject);
    socket.on("message", (message) => {
      clearTimeout(timer);
      const found = decode(message).answers?.find(({type}) => type === "A");
      if (found?.type === "A") resolve(found.data);
      else reject(new Error(`DNS has no address for ${hostname}`));
    });
    socket.send(query, dns.port, dns.host);
  }).finally(() => socket.close());
}
