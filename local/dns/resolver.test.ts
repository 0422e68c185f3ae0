import assert from "node:assert/strict";
import {randomBytes} from "node:crypto";
import {createSocket} from "node:dgram";
import {connect} from "node:net";
import {describe, type TestContext, test} from "node:test";
import {
  type Answer,
  decode,
  encode,
  type Packet,
  streamDecode,
  streamEncode,
  TRUNCATED_RESPONSE,
} from "dns-packet";
import fc from "fast-check";
import {answer, bytesOf, type Lookup, startResolver} from "./resolver.ts";

const lookup: Lookup = (name, subnet) => {
  if (name === "many.example.com")
    return {
      aliases: [],
      addresses: Array.from({length: 60}, (_, index) => `127.9.0.${index}`),
      ttlS: 1,
    };
  if (name === "broken.example.com") throw new Error("broken");
  if (name !== "www.example.com") return undefined;
  const target = subnet === "240.0.7.0/24" ? "near.example.net" : "far.example.net";
  return {
    aliases: [{name, target, ttlS: 30}],
    addresses: [target.startsWith("near") ? "127.1.0.1" : "127.2.0.1"],
    ttlS: 60,
    byPlace: true,
  };
};

const known = {find: lookup, zones: ["example.com", "example.net"]};

function query(name: string, {type = "A", subnet}: {type?: string; subnet?: string} = {}): Buffer {
  const [ip, length] = subnet?.split("/") ?? [];
  const option = {code: "CLIENT_SUBNET", family: 1, sourcePrefixLength: Number(length), ip};
  const opt = {type: "OPT", name: ".", udpPayloadSize: 512, options: ip ? [option] : []};
  return encode({
    type: "query",
    id: 7,
    questions: [{type, name} as never],
    additionals: subnet === undefined ? [] : [opt as unknown as Answer],
  });
}

/** Code, and each answer as it would stand in a zone file. */
function shown(packet: Packet | undefined): string[] {
  const code = (packet?.flags ?? 0) & 15;
  const records = [...(packet?.answers ?? []), ...(packet?.authorities ?? [])].map((record) => {
    const {name, ttl, type, data} = record as {
      name: string;
      ttl: number;
      type: string;
      data: string | {mname: string; minimum: number};
    };
    return `${name} ${ttl} ${type} ${typeof data === "string" ? data : `${data.mname} ${data.minimum}`}`;
  });
  return [String(code), ...records];
}

describe("an answer", () => {
  const cases: Record<string, [query: Buffer, shown: string[]]> = {
    "is for the client's subnet": [
      query("www.example.com", {subnet: "240.0.7.0/24"}),
      ["0", "www.example.com 30 CNAME near.example.net", "near.example.net 60 A 127.1.0.1"],
    ],
    "is for nowhere in particular without one": [
      query("WWW.example.com"),
      ["0", "www.example.com 30 CNAME far.example.net", "far.example.net 60 A 127.2.0.1"],
    ],
    "has no addresses of another family": [
      query("www.example.com", {type: "AAAA"}),
      ["0", "www.example.com 30 CNAME far.example.net", "example.net 30 SOA ns.example.net 30"],
    ],
    "is the alias alone for who asks for it": [
      query("www.example.com", {type: "CNAME"}),
      ["0", "www.example.com 30 CNAME far.example.net"],
    ],
    "says that there is no such name": [
      query("no.example.com"),
      ["3", "example.com 30 SOA ns.example.com 30"],
    ],
    "says so without a zone's start where the zone is not ours": [query("example.org"), ["3"]],
    "takes no zone for another that ends alike": [query("badexample.com"), ["3"]],
  };
  for (const [name, [message, expected]] of Object.entries(cases))
    test(name, () => assert.deepEqual(shown(answer(message, known)), expected));

  test("echoes the subnet with the scope that it depended on", () => {
    const reply = answer(query("www.example.com", {subnet: "240.0.7.0/24"}), known);
    const wire = decode(encode(reply!));
    const [opt] = (wire.additionals ?? []) as unknown as {options: object[]}[];
    const [option] = opt!.options;
    const {ip, sourcePrefixLength, scopePrefixLength} = option as Record<string, unknown>;
    assert.deepEqual(
      {ip, sourcePrefixLength, scopePrefixLength},
      {
        ip: "240.0.7.0",
        sourcePrefixLength: 24,
        scopePrefixLength: 24,
      },
    );
  });
});

describe("whatever bytes come", () => {
  const good = [
    query("www.example.com", {subnet: "240.0.7.0/24"}),
    query("many.example.com", {type: "TXT"}),
    query("broken.example.com"),
  ];
  /** Some octets of a good query changed, and its end cut off. */
  const bent = fc
    .record({
      from: fc.constantFrom(...good),
      changes: fc.array(fc.tuple(fc.nat(120), fc.integer({min: 0, max: 255})), {maxLength: 8}),
      length: fc.nat(120),
    })
    .map(({from, changes, length}) => {
      const bytes = Buffer.from(from);
      for (const [at, octet] of changes) if (at < bytes.length) bytes[at] = octet;
      return bytes.subarray(0, Math.max(0, bytes.length - (length % 40)));
    });
  const noise = fc.uint8Array({maxLength: 600}).map((octets) => Buffer.from(octets));

  /** As it is on the wire: up to the zero that ends the name, and two octets each of type and class. */
  const questionIn = (message: Buffer) => message.subarray(12, message.indexOf(0, 12) + 5);
  /** Its first label is `ww.`, with the dot. */
  const dotted = Buffer.from(
    query("www.example.com").toString("latin1").replace("www", "ww."),
    "latin1",
  );

  test("an answer is a whole message within the limit, to what was asked, or none", () => {
    fc.assert(
      fc.property(fc.oneof(bent, noise), fc.constantFrom(512, 65_535), (message, limit) => {
        const bytes = bytesOf(message, known, limit);
        if (!bytes) return;
        assert.ok(bytes.length <= limit);
        assert.equal(bytes.readUInt16BE(), message.readUInt16BE());
        assert.equal(decode(bytes).type, "response");
        const {questions = []} = decode(bytes);
        if (questions.length > 0) assert.deepEqual(questionIn(bytes), questionIn(message));
      }),
      {numRuns: 2000, examples: [[dotted, 512]]},
    );
  });
});

describe("the server", () => {
  async function start(t: TestContext) {
    const resolver = await startResolver({listen: {host: "127.0.0.1", port: 0}, lookup});
    t.after(resolver.close);
    return resolver.address;
  }

  function byUdp({host, port}: {host: string; port: number}, message: Buffer): Promise<Packet> {
    const socket = createSocket("udp4");
    let again: NodeJS.Timeout | undefined;
    return new Promise<Packet>((resolve) => {
      socket.on("message", (reply) => resolve(decode(reply)));
      socket.send(message, port, host);
      // As resolvers do: what is lost is asked again.
      again = setInterval(() => socket.send(message, port, host), 200);
    }).finally(() => {
      clearInterval(again);
      socket.close();
    });
  }

  function byTcp({host, port}: {host: string; port: number}, message: Packet): Promise<Packet> {
    const socket = connect(port, host);
    return new Promise<Packet>((resolve) => {
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        const read = Buffer.concat(chunks);
        if (read.length >= 2 + read.readUInt16BE()) resolve(streamDecode(read));
      });
      socket.write(streamEncode(message));
    }).finally(() => socket.destroy());
  }

  test("truncates by UDP what is too long, and says it whole by TCP", async (t) => {
    const address = await start(t);
    const short = await byUdp(address, query("many.example.com"));
    assert.deepEqual([(short.flags! & TRUNCATED_RESPONSE) > 0, short.answers?.length], [true, 0]);
    const whole = await byTcp(address, decode(query("many.example.com")));
    assert.deepEqual([(whole.flags! & TRUNCATED_RESPONSE) > 0, whole.answers?.length], [false, 60]);
  });

  test("a fault of ours is SERVFAIL for one client", async (t) => {
    const address = await start(t);
    assert.deepEqual(shown(await byUdp(address, query("broken.example.com"))), ["2"]);
    assert.deepEqual(shown(await byUdp(address, query("no.example.com"))), ["3"]);
  });

  test("malformed packets do not stop it", async (t) => {
    const address = await start(t);
    const socket = createSocket("udp4");
    t.after(() => socket.close());
    const good = query("www.example.com", {subnet: "240.0.7.0/24"});
    for (let count = 0; count < 500; count++) {
      const bytes = Buffer.from(good);
      for (const at of randomBytes(4)) bytes[at % bytes.length] = randomBytes(1)[0]!;
      socket.send(count % 2 ? bytes : randomBytes(count % 64), address.port, address.host);
    }
    assert.equal(shown(await byUdp(address, good))[0], "0");
  });
});
