import assert from "node:assert/strict";
import {test} from "node:test";
import {decode, encode} from "dns-packet";
import {answer, type Found} from "./resolver.ts";

const found: Found = {aliases: [], addresses: ["127.1.0.1"], ttlS: 1};
const FORMERR = 1;

/** Family, source and scope length, address, as octets; and what comes back. */
const cases: Record<string, {asked: number[]; byPlace: boolean; says: number[] | undefined}> = {
  "an answer by place holds for the place's /24": {
    asked: [0, 1, 32, 0, 240, 0, 1, 7],
    byPlace: true,
    says: [0, 1, 32, 24, 240, 0, 1, 7],
  },
  "any other holds for all": {
    asked: [0, 1, 24, 0, 240, 0, 1],
    byPlace: false,
    says: [0, 1, 24, 0, 240, 0, 1],
  },
  "no place has addresses of IPv6": {
    asked: [0, 2, 32, 0, 0x20, 1, 0xd, 0xb8],
    byPlace: true,
    says: [0, 2, 32, 0, 0x20, 1, 0xd, 0xb8],
  },
  "a client that does not tell": {asked: [0, 1, 0, 0], byPlace: true, says: [0, 1, 0, 0]},
  "an unknown family": {asked: [0, 7, 0, 0], byPlace: true, says: undefined},
  "a length beyond the family's": {
    asked: [0, 1, 200, 0, ...Array(25).fill(1)],
    byPlace: true,
    says: undefined,
  },
  "more octets than the length says": {
    asked: [0, 1, 24, 0, 1, 2, 3, 4],
    byPlace: true,
    says: undefined,
  },
  "a scope in a query": {asked: [0, 1, 24, 24, 1, 2, 3], byPlace: true, says: undefined},
};

for (const [name, {asked, byPlace, says}] of Object.entries(cases))
  test(`${name}: ${says ? "echoed" : "FORMERR"}`, () => {
    const reply = answer(query(asked), {find: () => ({...found, byPlace}), zones: []});
    const {flags = 0, additionals} = decode(encode(reply!));
    const [option] = (additionals![0] as unknown as {options: {data: Buffer}[]}).options;
    assert.deepEqual([flags & 15, option && [...option.data]], [says ? 0 : FORMERR, says]);
  });

function query(octets: number[]): Buffer {
  const option = {code: "CLIENT_SUBNET", data: Buffer.from(octets)};
  return encode({
    type: "query",
    id: 7,
    questions: [{type: "A", name: "www.example.com"}],
    additionals: [{type: "OPT", name: ".", udpPayloadSize: 1232, options: [option]} as never],
  });
}
