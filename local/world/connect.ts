import {createSocket} from "node:dgram";
import {type Answer, decode, encode} from "dns-packet";
import {connectTypist, type Typist} from "../../editor/wire.ts";
import type {Place} from "../../regions/places/places.ts";
import {subnetOf} from "../dns/subnets.ts";
import type {RunningWorld} from "./world.ts";

const DNS_TIMEOUT_MS = 2000;

export interface Reached {
  /** Of a region: past DNS. */
  readonly address: string;
  readonly model: string;
}

/** An editor's connection to a region of a running world; without an edge tokens are had elsewhere. */
export const reach = (
  {port, issuerPort, hostname, authority, edge}: RunningWorld,
  {address, model}: Reached,
): Promise<Typist> =>
  connectTypist({
    address,
    port,
    hostname,
    authority: authority.pem,
    model,
    ...(!edge && {issuer: {port: issuerPort}}),
  });

/** The same, with a token. */
export async function signedIn(
  running: RunningWorld,
  {credential, ...at}: Reached & {readonly credential: string},
): Promise<Typist> {
  const typist = await reach(running, at);
  try {
    await typist.signIn(credential);
    return typist;
  } catch (error) {
    typist.close();
    throw error;
  }
}

/** The address that the world's DNS server gives a client of a place, by its subnet (RFC 7871). */
export function resolve({dns, hostname}: RunningWorld, place: Place): Promise<string> {
  const [ip, length] = subnetOf(place).split("/") as [string, string];
  const option = {code: "CLIENT_SUBNET", family: 1, sourcePrefixLength: Number(length), ip};
  const query = encode({
    type: "query",
    id: 1,
    questions: [{type: "A", name: hostname}],
    additionals: [
      {type: "OPT", name: ".", udpPayloadSize: 1232, options: [option]} as unknown as Answer,
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
