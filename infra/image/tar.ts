/** A reproducible tar archive (POSIX ustar): no owner, no times, files sorted by name. */
export function tar(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const blocks = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, bytes]) => [header(name, bytes.length), bytes, padding(bytes.length)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

const BLOCK = 512;

const padding = (size: number) => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format". */
function header(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) =>
    `${value.toString(8).padStart(length - 1, "0")}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write("        0", 148);
  block.write("ustar\x0000", 257);
  block.write(`${octal(checksum(block), 7)} `, 148);
  return block;
}

/** Computed with the checksum field itself filled with spaces. */
const checksum = (block: Uint8Array) => block.reduce((sum, byte) => sum + byte, 0);
