import {createSocket, type RemoteInfo, type Socket as UdpSocket} from "node:dgram";
import {createServer, type Server, type Socket} from "node:net";
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type OptAnswer,
  type Packet,
  type Question,
  streamEncode,
  TRUNCATED_RESPONSE,
} from "dns-packet";
import type {Endpoint} from "./balancer.ts";
import {type ClientSubnet, echoed, subnetIn} from "./client-subnet.ts";

/** What a name leads to for one client: aliases first, then addresses. */
export interface Found {
  readonly aliases: readonly {
    readonly name: string;
    readonly target: string;
    readonly ttlS: number;
  }[];
  readonly addresses: readonly string[];
  readonly ttlS: number;
  /** Whether the answer depends on where the client is (RFC 7871, 7.2.1). */
  readonly byPlace?: boolean;
}

/** `subnet` is the client's, `198.51.100.0/24`, where the query carries one. Undefined: there is no such name. */
export type Lookup = (name: string, subnet: string | undefined) => Found | undefined;

export interface Resolver {
  readonly address: Endpoint;
  close(): void;
}

const UDP_LIMIT = 512;
const FORMERR = 1;
const NXDOMAIN = 3;
const NOTIMP = 4;
const SERVFAIL = 2;
const IDLE_MS = 5000;

/** A DNS server on UDP and TCP over what `lookup` knows. What it cannot read it does not answer. */
export async function startResolver({
  listen,
  lookup,
}: {
  listen: Endpoint;
  lookup: Lookup;
}): Promise<Resolver> {
  const udp = createSocket("udp4");
  const tcp = createServer((socket) => serveTcp(socket, lookup));
  udp.on("message", (message, peer) => answerUdp(udp, message, peer, lookup));
  await listening(udp, listen);
  const {port} = udp.address();
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject).listen(port, listen.host, resolve);
  }).catch((error) => {
    udp.close();
    throw error;
  });
  return {address: {host: listen.host, port}, close: () => closeBoth(udp, tcp)};
}

/** The answer to one message, or undefined where it is no query. Exported for its own sake: no sockets. */
export function answer(message: Buffer, lookup: Lookup): Packet | undefined {
  const query = parse(message);
  const question = query?.questions?.[0];
  if (query?.type !== "query" || !question) return undefined;
  const option = query.additionals?.find(({type}) => type === "OPT") as OptAnswer | undefined;
  const reply: Packet = {
    type: "response",
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & RECURSION_DESIRED),
    questions: [question],
  };
  if (query.questions?.length !== 1 || ((query.flags ?? 0) & OPCODE) !== 0)
    return {...reply, flags: NOTIMP};
  return {...reply, ...respond(reply, question, option, lookup)};
}

const RECURSION_DESIRED = 1 << 8;
const OPCODE = 15 << 11;

function respond(
  {flags = 0}: Packet,
  {name, type, class: kind}: Question,
  option: OptAnswer | undefined,
  lookup: Lookup,
): Partial<Packet> {
  const subnet = subnetIn(option);
  if (subnet === "malformed") return {flags: flags | FORMERR, additionals: [optionOf()]};
  const found =
    kind === "IN" || kind === undefined ? lookup(name.toLowerCase(), subnet?.text) : undefined;
  const additionals = option ? [optionOf(subnet, found)] : [];
  if (!found) return {flags: flags | NXDOMAIN, additionals};
  const aliases = found.aliases.map(
    ({name, target, ttlS}): Answer => ({type: "CNAME", name, ttl: ttlS, data: target}),
  );
  const last = found.aliases.at(-1)?.target ?? name;
  const addresses = found.addresses.map(
    (address): Answer => ({type: "A", name: last, ttl: found.ttlS, data: address}),
  );
  return {flags, additionals, answers: type === "A" ? [...aliases, ...addresses] : aliases};
}

function optionOf(subnet?: ClientSubnet, found?: Found): Answer {
  return {
    type: "OPT",
    name: ".",
    udpPayloadSize: 1232,
    flags: 0,
    options: subnet ? [echoed(subnet, found?.byPlace)] : [],
  } as unknown as Answer;
}

function parse(message: Buffer): Packet | undefined {
  try {
    return decode(message);
  } catch {
    return undefined;
  }
}

function answerUdp(udp: UdpSocket, message: Buffer, peer: RemoteInfo, lookup: Lookup) {
  const reply = safely(message, lookup);
  if (!reply) return;
  const limit = payloadOf(parse(message));
  const bytes = encode(reply);
  const cut: Packet = {...reply, answers: [], flags: (reply.flags ?? 0) | TRUNCATED_RESPONSE};
  udp.send(bytes.length <= limit ? bytes : encode(cut), peer.port, peer.address);
}

function payloadOf(query: Packet | undefined): number {
  const option = query?.additionals?.find(({type}) => type === "OPT") as OptAnswer | undefined;
  return Math.max(UDP_LIMIT, option?.udpPayloadSize ?? 0);
}

/** A fault of ours is SERVFAIL for one client, not the end for all. */
function safely(message: Buffer, lookup: Lookup): Packet | undefined {
  try {
    return answer(message, lookup);
  } catch {
    const query = parse(message);
    return (
      query && {
        type: "response",
        id: query.id ?? 0,
        flags: SERVFAIL,
        questions: query.questions ?? [],
      }
    );
  }
}

function serveTcp(socket: Socket, lookup: Lookup) {
  let read = Buffer.alloc(0);
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    while (read.length >= 2 && read.length >= 2 + read.readUInt16BE()) {
      const end = 2 + read.readUInt16BE();
      const reply = safely(read.subarray(2, end), lookup);
      read = read.subarray(end);
      if (!reply) return socket.destroy();
      socket.write(streamEncode(reply));
    }
  });
}

function listening(udp: UdpSocket, {host, port}: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    udp.once("error", reject);
    udp.bind(port, host, () => {
      udp.off("error", reject).on("error", () => {});
      resolve();
    });
  });
}

function closeBoth(udp: UdpSocket, tcp: Server) {
  udp.close();
  tcp.close();
}
