import {existsSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {makeFolder} from "./folders.js";
import {go} from "./go.js";
import {findProgram} from "./programs.js";

/** What signs images and reads their signatures; and a registry, which only tests use. Go checks both against its public log of hashes. */
const programs = {
  cosign: {path: "github.com/sigstore/cosign/v3/cmd/cosign", version: "v3.1.3"},
  crane: {path: "github.com/google/go-containerregistry/cmd/crane", version: "v0.22.1"},
};

const folderOf = (/** @type {keyof typeof programs} */ name) =>
  fileURLToPath(new URL(`../.meridian/cosign/${name}-${programs[name].version}`, import.meta.url));

/**
 * The path of a program: the one on PATH, otherwise the one that was built.
 *
 * @param {keyof typeof programs} name
 * @returns {string | undefined}
 */
export function findSigner(name) {
  const built = join(folderOf(name), name);
  return findProgram(name) ?? (existsSync(built) ? built : undefined);
}

/** @returns {string | undefined} what stood in the way */
export function buildSigner() {
  const names = /** @type {(keyof typeof programs)[]} */ (Object.keys(programs));
  const faults = names.map((name) => {
    const {path, version} = programs[name];
    return makeFolder(folderOf(name), (folder) =>
      go(["install", "-buildvcs=false", `${path}@${version}`], {cwd: folder, env: {GOBIN: folder}}),
    );
  });
  return faults.find((fault) => fault !== undefined);
}
