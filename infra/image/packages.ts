import {readFileSync} from "node:fs";
import {z} from "zod";

/** A package of npm's that is in a bundle, as package-lock.json has it. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** `sha512-` and the digest of its archive in base64. */
  readonly integrity: string;
  /** An SPDX expression. */
  readonly license: string | undefined;
}

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().default(""),
      integrity: z.string().default(""),
      license: z.string().optional(),
    }),
  ),
});

/** The innermost package that a file belongs to: `node_modules/a/node_modules/@b/c`. */
const FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** The packages of these files, by name; what is in no package is ours. Throws for one that is not locked. */
export function packagesOf(files: readonly string[], lockFile: string): Package[] {
  const {packages} = lockSchema.parse(JSON.parse(readFileSync(lockFile, "utf8")));
  const folders = new Set(files.flatMap((file) => FOLDER.exec(file)?.[0] ?? []));
  return [...folders].sort().map((folder) => {
    const {version, integrity, license} = packages[folder] ?? {};
    if (!version || !integrity)
      throw new Error(`${folder} is bundled, and package-lock.json does not have it; run npm ci`);
    return {name: folder.replace(/^.*node_modules\//, ""), version, integrity, license};
  });
}
