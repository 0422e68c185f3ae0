/** A range of IPv4 addresses. */
export interface Cidr {
  /** The first address, as a number. */
  readonly first: number;
  /** The prefix length, 0 to 32. */
  readonly bits: number;
}

/** Parses `10.0.0.0/16`; undefined for anything that is not a range, or has host bits set. */
export function parseCidr(text: string): Cidr | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  const [bits = 33, ...octets] = found ? [Number(found[5]), ...found.slice(1, 5).map(Number)] : [];
  if (bits > 32 || octets.some((octet) => octet > 255)) return undefined;
  const first = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return first % sizeOf({bits}) === 0 ? {first, bits} : undefined;
}

export function formatCidr({first, bits}: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${bits}`;
}

export const sizeOf = ({bits}: Pick<Cidr, "bits">): number => 2 ** (32 - bits);

export const overlaps = (a: Cidr, b: Cidr): boolean =>
  a.first < b.first + sizeOf(b) && b.first < a.first + sizeOf(a);
