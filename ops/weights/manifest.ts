import {createHash} from "node:crypto";
import {createReadStream} from "node:fs";
import {join} from "node:path";
import {z} from "zod";
import type {WeightFile} from "./folder.ts";

const manifestSchema = z.strictObject({
  files: z.array(
    z.strictObject({name: z.string(), size: z.int(), sha256: z.string().regex(/^[0-9a-f]{64}$/)}),
  ),
});

/** Every file of a folder of weights, with its hash. */
export type Manifest = z.output<typeof manifestSchema>;

/** Reads all files once. `progress` is told of each piece that was read. */
export async function manifestOf(
  folder: string,
  files: readonly WeightFile[],
  progress: (bytes: number) => void,
): Promise<Manifest> {
  const hashed = [];
  for (const {name, size} of files)
    hashed.push({name, size, sha256: await hashOf(join(folder, name), progress)});
  return {files: hashed};
}

async function hashOf(path: string, progress: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, {highWaterMark: 1 << 20})) {
    hash.update(piece);
    progress(piece.length);
  }
  return hash.digest("hex");
}

/** As it is written: what regions.yaml names is the hash of these bytes. */
export const manifestText = (manifest: Manifest): string =>
  `${JSON.stringify(manifest, null, 1)}\n`;

export const manifestHash = (text: string): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Undefined where a text is no manifest. */
export function readManifest(text: string): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** How a folder is otherwise than its manifest says: a line for each file. */
export function differences(said: Manifest, found: Manifest): string[] {
  const there = new Map(found.files.map((file) => [file.name, file]));
  const names = new Set(said.files.map(({name}) => name));
  return [
    ...said.files.flatMap(({name, size, sha256}) => {
      const file = there.get(name);
      if (file === undefined) return [`${name} is not there`];
      if (file.size !== size) return [`${name} has ${file.size} bytes, not ${size}`];
      return file.sha256 === sha256 ? [] : [`${name} has other content`];
    }),
    ...found.files.flatMap(({name}) => (names.has(name) ? [] : [`${name} is not in the manifest`])),
  ];
}
