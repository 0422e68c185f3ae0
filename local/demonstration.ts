import {createSocket} from "node:dgram";
import {type Answer, decode, encode} from "dns-packet";
import {type Place, placeByCode} from "../regions/places.ts";
import type {Endpoint} from "./balancer.ts";
import {subnetOf} from "./subnets.ts";
import {connectTypist, type Typist} from "./typist.ts";
import type {RunningWorld} from "./world.ts";

/** One from each of four continents. */
const PLACES = ["NA-US-NY", "EU-DE", "AS-JP", "SA-BR"];
const PROMPT = `function add(a: number, b: number): number {
  return a + b;
}

function subtract(a: number, b: number): number {
  return`;
const DNS_TIMEOUT_MS = 2000;
/** By when a cancel must have come through. */
const CANCEL_LIMIT_MS = 2000;

/**
 * From each place: asks DNS, connects to the region it answers, signs in, streams a completion, then
 * types on and cancels one on the same connection. Tells each; resolves to whether all went well.
 */
export async function demonstrate(
  world: RunningWorld,
  {model, say}: {model: string; say: (line: string) => void},
): Promise<boolean> {
  let well = true;
  for (const [index, code] of PLACES.entries()) {
    const place = placeByCode(code) as Place;
    try {
      say(await visit(world, {place, model, credential: world.people[index]!.credential}));
    } catch (error) {
      well = false;
      say(`${place.name}: FAILED: ${error instanceof Error ? error.message : error}`);
    }
  }
  return well;
}

async function visit(
  world: RunningWorld,
  {place, model, credential}: {place: Place; model: string; credential: string},
): Promise<string> {
  const address = await resolve(world.dns, world.hostname, subnetOf(place));
  const region = world.regions.find((region) => region.address === address);
  if (!region) throw new Error(`DNS answered ${address}, which is no region's`);
  const typist = await connectTypist({
    address,
    port: world.port,
    hostname: world.hostname,
    authority: world.authority.pem,
    model,
    ...(world.edge ? {} : {issuer: {port: world.issuerPort}}),
  });
  try {
    await typist.signIn(credential);
    const {text, firstByteMs} = await typist.complete(PROMPT);
    const cancelMs = await cancel(typist, (id) => region.model.cancelled(id, CANCEL_LIMIT_MS));
    return [
      place.name.padEnd(10),
      region.name.padEnd(14),
      `first byte ${firstByteMs.toFixed(0).padStart(3)} ms`,
      `completion ${JSON.stringify(text)}`,
      `cancel seen by the model host after ${cancelMs.toFixed(1)} ms, connection kept`,
    ].join("  ");
  } finally {
    typist.close();
  }
}

/** How long a cancel took to the model host, in milliseconds. */
async function cancel(typist: Typist, seen: (id: string) => Promise<number>): Promise<number> {
  const {id, atMs, connected} = await typist.typeOn(PROMPT);
  if (!connected) throw new Error("the cancel closed the connection");
  return (await seen(id)) - atMs;
}

/** The address that the world's DNS server gives a client in `subnet` (RFC 7871). */
export function resolve(server: Endpoint, name: string, subnet: string): Promise<string> {
  const [ip, length] = subnet.split("/") as [string, string];
  const option = {code: "CLIENT_SUBNET", family: 1, sourcePrefixLength: Number(length), ip};
  const query = encode({
    type: "query",
    id: 1,
    questions: [{type: "A", name}],
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
      else reject(new Error(`DNS has no address for ${name}`));
    });
    socket.send(query, server.port, server.host);
  }).finally(() => socket.close());
}
