import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {clashOf, SPACE_BITS, subnetsOf} from "./addresses.ts";
import {type Cidr, formatCidr, overlaps, parseCidr, sizeOf} from "./cidr.ts";

const written: Record<string, Cidr | undefined> = {
  "10.0.0.0/16": {first: 0x0a000000, bits: 16},
  "255.255.255.255/32": {first: 0xffffffff, bits: 32},
  "0.0.0.0/0": {first: 0, bits: 0},
  "10.0.0.1/16": undefined,
  "10.0.0.0/33": undefined,
  "10.0.256.0/24": undefined,
  "10.0.0.0": undefined,
  "fd00::/8": undefined,
};

for (const [text, cidr] of Object.entries(written))
  test(`${text} is ${cidr ? "a range" : "no range"}`, () => {
    assert.deepEqual(parseCidr(text), cidr);
    if (cidr) assert.equal(formatCidr(cidr), text);
  });

const plans: Record<string, ReturnType<typeof subnetsOf>> = {
  "10.0.0.0/16": {
    nodes: "10.0.0.0/17",
    endpoints: "10.0.128.0/25",
    entrance: "10.0.128.128/28",
  },
  "10.20.4.0/22": {
    nodes: "10.20.4.0/23",
    endpoints: "10.20.6.0/25",
    entrance: "10.20.6.128/28",
  },
  "172.16.0.0/12": {
    nodes: "172.16.0.0/13",
    endpoints: "172.24.0.0/25",
    entrance: "172.24.0.128/28",
  },
};

for (const [space, subnets] of Object.entries(plans))
  test(`the subnets of ${space}`, () => assert.deepEqual(subnetsOf(space), subnets));

test("the subnets of any space are within it and apart", () => {
  const spaces = fc
    .tuple(fc.integer({min: SPACE_BITS.least, max: SPACE_BITS.most}), fc.nat(0xffffffff))
    .map(([bits, at]) => ({first: at - (at % sizeOf({bits})), bits}));
  fc.assert(
    fc.property(spaces, (space) => {
      const subnets = Object.values(subnetsOf(formatCidr(space))).map((one) => parseCidr(one)!);
      for (const [at, subnet] of subnets.entries()) {
        assert.ok(subnets.every((other, n) => n === at || !overlaps(subnet, other)));
        const end = subnet.first + sizeOf(subnet);
        assert.ok(subnet.first >= space.first && end <= space.first + sizeOf(space));
      }
    }),
  );
});

const clashes: Record<string, string | undefined> = {
  "10.0.0.0/16": undefined,
  "10.0.0.0/8": "10.244.0.0/16",
  "10.100.128.0/20": "10.100.0.0/16",
  "10.101.0.0/16": undefined,
};

for (const [space, clash] of Object.entries(clashes))
  test(`${space} runs into ${clash ?? "nothing"} of a cluster's own`, () => {
    assert.equal(clashOf(parseCidr(space)!), clash);
  });
