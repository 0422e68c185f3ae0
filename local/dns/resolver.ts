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
  TRUNCATED_RESPONSE,
} from "dns-packet";
import type {Endpoint} from "../../cloud/balancer.ts";
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
const TCP_LIMIT = 65_535;
const FORMERR = 1;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const NOTIMP = 4;
/** The upper bits of 16, which the option carries (RFC 6891, 6.1.3). */
const BADVERS_EXTENDED = 1;
/** For how long "there is none" may be kept (RFC 2308, 5). */
const NEGATIVE_TTL_S = 30;
const IDLE_MS = 5000;

/**
 * A DNS server on UDP and TCP over what `lookup` knows. What it cannot read it does not answer. In
 * `zones`, it says for how long nothing will be there.
 */
export async function startResolver({
  listen,
  lookup: find,
  zones = [],
}: {
  listen: Endpoint;
  lookup: Lookup;
  zones?: readonly string[];
}): Promise<Resolver> {
  const lookup = {find, zones};
  // A port that UDP was given may be another's by TCP; any other port will do then.
  for (let left = listen.port === 0 ? PORT_TRIES : 1; ; left--)
    try {
      return await startAt(listen, lookup);
    } catch (error) {
      if (left === 1) throw error;
    }
}

const PORT_TRIES = 20;

async function startAt(listen: Endpoint, lookup: Known): Promise<Resolver> {
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

interface Known {
  readonly find: Lookup;
  readonly zones: readonly string[];
}

/** The answer to one message, or undefined where it is no query. Exported for its own sake: no sockets. */
export function answer(message: Buffer, lookup: Known): Packet | undefined {
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
  {find, zones}: Known,
): Partial<Packet> {
  if (option && option.ednsVersion > 0) return {flags, additionals: [optionOf({badVersion: true})]};
  const subnet = subnetIn(option);
  if (subnet === "malformed") return {flags: flags | FORMERR, additionals: [optionOf({})]};
  const ours = kind === "IN" || kind === undefined;
  const found = ours ? find(name.toLowerCase(), subnet?.text) : undefined;
  const additionals = option ? [optionOf({subnet, found})] : [];
  if (!found) return {flags: flags | NXDOMAIN, additionals, authorities: startOf(name, zones)};
  const answers = answersOf(found, name, type);
  // What an alias leads to may be of another zone, and may be nothing.
  const last = type === "CNAME" ? name : (found.aliases.at(-1)?.target ?? name);
  const authorities = answers.some((record) => record.type === type) ? [] : startOf(last, zones);
  return {flags, additionals, answers, authorities};
}

/** Who asks for the alias is told that one alone; others are led on. There are no types but A and CNAME. */
function answersOf({aliases, addresses, ttlS}: Found, name: string, type: string): Answer[] {
  const records = aliases.map(
    ({name, target, ttlS}): Answer => ({type: "CNAME", name, ttl: ttlS, data: target}),
  );
  if (type === "CNAME") return records.slice(0, 1);
  if (type !== "A") return records;
  const last = aliases.at(-1)?.target ?? name;
  return [
    ...records,
    ...addresses.map((address): Answer => ({type: "A", name: last, ttl: ttlS, data: address})),
  ];
}

/** The start of the zone that a name is in, which goes with every answer that there is nothing (RFC 2308, 3). */
function startOf(name: string, zones: readonly string[]): Answer[] {
  const zone = zones.find((zone) => `.${name.toLowerCase()}`.endsWith(`.${zone}`));
  if (zone === undefined) return [];
  const data = {
    mname: `ns.${zone}`,
    rname: `hostmaster.${zone}`,
    serial: 1,
    refresh: 3600,
    retry: 600,
    expire: 86_400,
    minimum: NEGATIVE_TTL_S,
  };
  return [{type: "SOA", name: zone, ttl: NEGATIVE_TTL_S, data}];
}

function optionOf({
  subnet,
  found,
  badVersion = false,
}: {
  subnet?: ClientSubnet | undefined;
  found?: Found | undefined;
  badVersion?: boolean;
}): Answer {
  return {
    type: "OPT",
    name: ".",
    udpPayloadSize: 1232,
    extendedRcode: badVersion ? BADVERS_EXTENDED : 0,
    flags: 0,
    options: subnet ? [echoed(subnet, found?.byPlace)] : [],
  } as unknown as Answer;
}

function parse(message: Buffer): Packet | undefined {
  try {
    const query = decode(message);
    return isFaithful(query, message) ? query : undefined;
  } catch {
    return undefined;
  }
}

const HEAD_OCTETS = 12;

/** A label with a dot in it is read as two: written anew, that would be another question, or none at all. */
function isFaithful({questions = []}: Packet, message: Buffer): boolean {
  const asked = encode({type: "query", questions: questions.slice(0, 1)}).subarray(HEAD_OCTETS);
  return message.subarray(HEAD_OCTETS, HEAD_OCTETS + asked.length).equals(asked);
}

function answerUdp(udp: UdpSocket, message: Buffer, peer: RemoteInfo, lookup: Known) {
  const bytes = bytesOf(message, lookup, payloadOf(parse(message)));
  if (bytes) udp.send(bytes, peer.port, peer.address);
}

/** The answer as it goes out, cut to the limit. Exported for its own sake: it never throws. */
export function bytesOf(message: Buffer, lookup: Known, limit: number): Buffer | undefined {
  const reply = safely(message, lookup);
  if (!reply) return undefined;
  const bytes = encoded(reply);
  if (!bytes || bytes.length <= limit) return bytes;
  const flags = (reply.flags ?? 0) | TRUNCATED_RESPONSE;
  return encoded({...reply, answers: [], authorities: [], flags});
}

/** Undefined for what was read but cannot be written, such as a question of a type that has no name. */
function encoded(reply: Packet): Buffer | undefined {
  try {
    return encode(reply);
  } catch {
    return undefined;
  }
}

function payloadOf(query: Packet | undefined): number {
  const option = query?.additionals?.find(({type}) => type === "OPT") as OptAnswer | undefined;
  return Math.max(UDP_LIMIT, option?.udpPayloadSize ?? 0);
}

/** A fault of ours is SERVFAIL for one client, not the end for all. */
function safely(message: Buffer, lookup: Known): Packet | undefined {
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

function serveTcp(socket: Socket, lookup: Known) {
  let read = Buffer.alloc(0);
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    while (read.length >= 2 && read.length >= 2 + read.readUInt16BE()) {
      const end = 2 + read.readUInt16BE();
      const bytes = bytesOf(read.subarray(2, end), lookup, TCP_LIMIT);
      read = read.subarray(end);
      if (!bytes) return void socket.destroy();
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      socket.write(Buffer.concat([length, bytes]));
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
