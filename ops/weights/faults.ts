import {readFileSync} from "node:fs";
import {join} from "node:path";
import {type Mapping, mapping, texts} from "../../regions/meaning.ts";
import type {WeightFile} from "./folder.ts";
import {safetensorsFault} from "./safetensors.ts";

const isTensors = (name: string) => name.endsWith(".safetensors");
/** Those that Python unpickles, and so runs. */
const PICKLE = /\.(bin|pt|pth|pkl|pickle|ckpt)$/;
const OTHER = /\.(gguf|ggml|h5|msgpack|onnx)$/;
const TOKENIZERS = ["tokenizer.json", "tokenizer.model", "tekken.json"];
const INDEX = "model.safetensors.index.json";
/** A pointer of Git LFS is of some 130 bytes: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const POINTER_BYTES = 1024;

/** Why servers could not load, or should not be given, what is in a folder: all of it, each with its mend. */
export function folderFaults(folder: string, files: readonly WeightFile[]): string[] {
  const names = files.map(({name}) => name);
  const pointers = files.filter((file) => isPointer(folder, file));
  const tensors = files.filter((file) => isTensors(file.name) && !pointers.includes(file));
  return [
    ...files.flatMap(({name}) => kindFault(name) ?? []),
    ...pointers.map(
      ({name}) =>
        `${name} is a pointer of Git LFS, and no file; fetch what it stands for: git lfs pull`,
    ),
    ...tensors.flatMap((file) => safetensorsFault(folder, file) ?? []),
    ...missing(names),
    ...indexFaults(folder, names),
    ...configFaults(folder, names),
  ];
}

function isPointer(folder: string, {name, size}: WeightFile): boolean {
  if (size > POINTER_BYTES) return false;
  return readFileSync(join(folder, name), "latin1").startsWith("version https://git-lfs");
}

function kindFault(name: string): string | undefined {
  if (PICKLE.test(name))
    return `${name} is a pickle, which runs what is in it when it is read; convert it to safetensors, and delete it`;
  if (OTHER.test(name)) return `${name} is of another kind than vLLM streams; delete it`;
  if (name.endsWith(".py"))
    return `${name} is a program; choose a model that vLLM knows, or delete it`;
  return undefined;
}

function missing(names: readonly string[]): string[] {
  return [
    ...(names.some(isTensors)
      ? []
      : ["there are no files of safetensors; fetch or convert the model's weights"]),
    ...(names.includes("config.json") ? [] : ["there is no config.json; fetch the model's"]),
    ...(names.some((name) => TOKENIZERS.includes(name))
      ? []
      : [`there is no tokenizer; fetch the model's: ${TOKENIZERS.join(" or ")}`]),
  ];
}

/** Files that the model is in, by its own list. */
function indexFaults(folder: string, names: readonly string[]): string[] {
  if (!names.includes(INDEX)) return [];
  const index = mappingIn(folder, INDEX);
  if (index === undefined) return [`${INDEX} is no mapping in JSON; fetch it again`];
  const parts = new Set(Object.values(mapping(index.weight_map)).flatMap(texts));
  return [...parts]
    .filter((part) => !names.includes(part))
    .map((part) => `${part} is not there, and ${INDEX} names it; fetch it`);
}

function configFaults(folder: string, names: readonly string[]): string[] {
  if (!names.includes("config.json")) return [];
  const config = mappingIn(folder, "config.json");
  if (config === undefined) return ["config.json is no mapping in JSON; fetch it again"];
  if (config.auto_map === undefined) return [];
  return [
    "config.json has auto_map: the model brings programs of its own, which no server runs; choose one that vLLM knows",
  ];
}

/** A mapping that a file of a folder has as JSON; undefined where it has none. */
export function mappingIn(folder: string, name: string): Mapping | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, name), "utf8"));
    return typeof value === "object" && value !== null ? mapping(value) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
