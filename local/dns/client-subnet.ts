import type {OptAnswer, PacketOpt} from "dns-packet";

/** Where a query's client is, as far as its resolver tells (RFC 7871, 6). */
export interface ClientSubnet {
  /** `198.51.100.0/24` */
  readonly text: string;
  readonly family: number;
  /** The option as it came. */
  readonly data: Buffer;
}

const CODE = 8;
/** Bits of an address, by the number of its family. */
const BITS: Readonly<Record<number, number>> = {1: 32, 2: 128};
/** A place has a /24 of its own: so much of an address is what an answer by place depends on. */
const PLACE_BITS = 24;

/** The client's subnet, if the query carries one; a malformed one is answered FORMERR (7.1.2). */
export function subnetIn(option: OptAnswer | undefined): ClientSubnet | "malformed" | undefined {
  const found = option?.options?.find(({code}) => (code as unknown) === CODE);
  if (!found) return undefined;
  const {data, ip, family, length} = contentOf(found);
  const bits = BITS[family];
  if (bits === undefined || length > bits || data[3] !== 0 || data.length !== sizeOf(length))
    return "malformed";
  return {text: `${ip}/${length}`, family, data};
}

/** The option of the answer: the same, with how much of the address it depends on (7.2.1). */
export function echoed({family, data}: ClientSubnet, byPlace: boolean | undefined): PacketOpt {
  const copy = Buffer.from(data);
  const told = data[2] !== 0;
  copy[3] = byPlace && told && family === 1 ? PLACE_BITS : 0;
  return {code: "CLIENT_SUBNET", data: copy} as unknown as PacketOpt;
}

const sizeOf = (length: number) => 4 + Math.ceil(length / 8);

function contentOf(option: PacketOpt) {
  const {data, ip, family, sourcePrefixLength} = option as unknown as {
    data: Buffer;
    ip: string;
    family: number;
    sourcePrefixLength: number;
  };
  return {data, ip, family, length: sourcePrefixLength};
}
