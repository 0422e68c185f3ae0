import {closeSync, openSync, readSync} from "node:fs";
import {join} from "node:path";
import {isMapping, isNumber, list, mapping} from "../../regions/meaning.ts";
import type {WeightFile} from "./folder.ts";

/** https://huggingface.co/docs/safetensors/index#format: its length, then what is where, then all tensors. */
const LENGTH_BYTES = 8;
/** The most that safetensors itself reads: `MAX_HEADER_SIZE` of safetensors/src/tensor.rs. */
const MAX_HEADER = 100_000_000;

/** Why a file is not a whole one of tensors; undefined where it is. What its tensors hold is not looked at. */
export function safetensorsFault(folder: string, {name, size}: WeightFile): string | undefined {
  const whole = wholeSize(join(folder, name));
  if (whole === undefined)
    return `${name} is no file of safetensors, or its beginning is lost; fetch it again`;
  if (whole === size) return undefined;
  return `${name} has ${size} bytes, and by its own beginning it is of ${whole}; fetch it again`;
}

/** Bytes that a file has by its header; undefined where that cannot be read. */
function wholeSize(path: string): number | undefined {
  const file = openSync(path, "r");
  try {
    const length = Buffer.alloc(LENGTH_BYTES);
    if (readSync(file, length) < LENGTH_BYTES) return undefined;
    const bytes = Number(length.readBigUInt64LE());
    if (bytes > MAX_HEADER) return undefined;
    const header = Buffer.alloc(bytes);
    if (readSync(file, header) < bytes) return undefined;
    return LENGTH_BYTES + bytes + tensorsEnd(JSON.parse(header.toString("utf8")));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    closeSync(file);
  }
}

function tensorsEnd(header: unknown): number {
  const ends = Object.values(mapping(header))
    .filter(isMapping)
    .map(({data_offsets: offsets}) => list(offsets)[1])
    .filter(isNumber);
  return ends.reduce((most, end) => Math.max(most, end), 0);
}
