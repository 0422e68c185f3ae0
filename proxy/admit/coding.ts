import {promisify} from "node:util";
import {brotliDecompress, gunzip, inflate, zstdDecompress} from "node:zlib";
import {ProxyError} from "../errors.ts";

/** By Content-Encoding. */
const decoders = new Map(
  Object.entries({
    gzip: promisify(gunzip),
    "x-gzip": promisify(gunzip),
    deflate: promisify(inflate),
    br: promisify(brotliDecompress),
    zstd: promisify(zstdDecompress),
  }),
);

/** Throws CODING_UNKNOWN for what cannot be decoded here. */
export function checkCoding(coding: string): void {
  if (coding === "" || decoders.has(coding)) return;
  throw new ProxyError("CODING_UNKNOWN", {headers: {"accept-encoding": "gzip, br, zstd"}});
}

/** The content, of at most so many bytes. Rejects with BODY_LARGE or BODY_INVALID. */
export async function decode(bytes: Buffer, coding: string, maxBytes: number): Promise<Buffer> {
  try {
    return await decoders.get(coding)!(bytes, {maxOutputLength: maxBytes});
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw new ProxyError("BODY_LARGE");
    const message = `The body is not ${coding}, as Content-Encoding has it; send it plain.`;
    throw new ProxyError("BODY_INVALID", {message, cause});
  }
}
