import {readdirSync, statSync} from "node:fs";
import {join} from "node:path";
import {UsageError} from "../command/arguments.ts";
import {faultOf} from "../command/files.ts";

/** A file of a folder of weights, by its path from there with / between. */
export interface WeightFile {
  readonly name: string;
  readonly size: number;
}

export const MANIFEST = "manifest.json";

/**
 * The files that belong to a model, in order of their names: not the manifest, nor what begins with a dot, which tools
 * such as git and hf keep beside them. A link counts as what it leads to. Throws a UsageError.
 */
export function filesIn(folder: string): WeightFile[] {
  try {
    if (!statSync(folder).isDirectory())
      throw new UsageError(`${folder} is a file; name the folder that it is in`);
    return within(folder, "").toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const {code = "", path = folder} = cause as NodeJS.ErrnoException;
    const fault = faultOf(code, path, "read");
    if (fault === undefined) throw cause;
    throw new UsageError(`${path}: ${fault}`);
  }
}

function within(folder: string, below: string): WeightFile[] {
  return readdirSync(join(folder, below))
    .filter((name) => !name.startsWith(".") && (below !== "" || name !== MANIFEST))
    .flatMap((name) => {
      const path = below === "" ? name : `${below}/${name}`;
      const {size, ...stats} = statOf(join(folder, path));
      return stats.isFolder ? within(folder, path) : [{name: path, size}];
    });
}

function statOf(path: string) {
  const stats = statSync(path);
  return {size: stats.size, isFolder: stats.isDirectory()};
}
