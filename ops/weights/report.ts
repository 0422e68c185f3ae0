import {basename, join} from "node:path";
import {gpuSizes} from "../../regions/replicas/sizes.ts";
import {MANIFEST, type WeightFile} from "./folder.ts";

export interface Told {
  readonly folder: string;
  readonly files: readonly WeightFile[];
  readonly hash: string;
  readonly container: string;
  /** Undefined: a folder that is called by the hash, and so is new for other weights. */
  readonly path: string | undefined;
  readonly template: string | undefined;
}

/** Caches of what people type need room beside the weights: a quarter of them at least. */
const ROOM = 1.25;
const GB = 1e9;
/** Signs of a hash by which one folder is told from others. */
const SHORT = 8;

/** The lines for regions.yaml, and the commands that bring the weights to where servers look for them. */
export function report(told: Told): string {
  const {folder, files, hash, container, template} = told;
  const name = basename(join(folder)).replaceAll(/[^\w.-]/g, "-");
  const path = told.path ?? `${name}/${hash.slice("sha256:".length).slice(0, SHORT)}`;
  const fitting = sizesFor(files);
  return `${[
    `${files.length} files, ${gigabytes(bytesOf(files))} GB. ${hash}`,
    "",
    "For regions.yaml, under models; its key is what clients ask for:",
    "",
    `  ${keyOf(name)}:`,
    "    host: gpu",
    `    model: ${name}`,
    template === undefined ? "    api: chat" : `    template: ${template}`,
    "    gpu:",
    `      weights: {${container === "weights" ? "" : `container: ${container}, `}path: ${path}, manifest: "${hash}"}`,
    fitting.length > 0
      ? `      size: ${fitting[0]}   # or ${fitting.slice(1).join(", ")}`
      : "      size:   # no size with one GPU that is known here has room for it",
    "      replicas: 1-4",
    "",
    "To bring it there, signed in by az login, from where the storage account is reached; the manifest comes last, as",
    "servers begin when it is there. ACCOUNT is that of the region's stack, or the one of weights.storage:",
    "",
    "  export AZCOPY_AUTO_LOGIN_TYPE=AZCLI",
    "  to=$(az storage account show --name ACCOUNT --query primaryEndpoints.blob --output tsv)",
    `  azcopy copy ${quoted(`${folder}/*`)} "\${to}${container}/${path}" --recursive --follow-symlinks --overwrite=false --exclude-path "${MANIFEST};.git;.cache"`,
    `  azcopy copy ${quoted(join(folder, MANIFEST))} "\${to}${container}/${path}/${MANIFEST}" --overwrite=false`,
  ].join("\n")}\n`;
}

const bytesOf = (files: readonly WeightFile[]) => files.reduce((sum, {size}) => sum + size, 0);
const gigabytes = (bytes: number) => (bytes / GB).toFixed(1);

/** The least size with one GPU that has room, of each kind of GPU. */
function sizesFor(files: readonly WeightFile[]): string[] {
  const tensors = files.filter(({name}) => name.endsWith(".safetensors"));
  const neededGb = (bytesOf(tensors) / GB) * ROOM;
  const fitting = Object.entries(gpuSizes)
    .filter(([, {gpus, memoryGb}]) => gpus === 1 && memoryGb >= neededGb)
    .toSorted(([, a], [, b]) => a.memoryGb - b.memoryGb);
  return [...Map.groupBy(fitting, ([, {gpu}]) => gpu).values()].map(([least]) => least![0]);
}

/** A name that a model may have in regions.yaml. */
const keyOf = (name: string) =>
  `m-${name.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-")}`
    .replace(/^m-(?=[a-z])/, "")
    .slice(0, 31)
    .replace(/-+$/, "");

/** For a shell, as one word. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
