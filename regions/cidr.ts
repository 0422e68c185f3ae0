/** A range of IPv4 addresses. */
export interface Cidr {
  /** The first address, as a number. */
  readonly first: number;
  /** The prefix length, 0 to 32. */
  readonly bits: number;
}

/** Parses `10.0.0.0/16`; undefined for anything that is not a range, or has host bits set. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = "", prefix] = /^([\d.]+)\/(\d+)$/.exec(text) ?? [];
  const [first, bits] = [parseAddress(address), Number(prefix ?? 33)];
  if (first === undefined || bits > 32) return undefined;
  return first % sizeOf({bits}) === 0 ? {first, bits} : undefined;
}

/** Parses `10.0.0.4` as a number; undefined for anything else. */
export function parseAddress(text: string): number | undefined {
  const octets = /^\d+(\.\d+){3}$/.test(text) ? text.split(".").map(Number) : [256];
  if (octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

export const formatCidr = ({first, bits}: Cidr): string => `${formatAddress(first)}/${bits}`;

export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

export const sizeOf = ({bits}: Pick<Cidr, "bits">): number => 2 ** (32 - bits);

export const overlaps = (a: Cidr, b: Cidr): boolean =>
  a.first < b.first + sizeOf(b) && b.first < a.first + sizeOf(a);
