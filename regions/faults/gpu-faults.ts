import {type Fault, isMapping, isText, type Mapping, mapping, nearest} from "../meaning.ts";
import {engineFaults} from "../replicas/engine.ts";
import {gpuSizeFault} from "../replicas/sizes.ts";

/** Faults in what is said of models on GPUs of one's own, by the models and by regions over them. */
export function gpuFaults(file: Mapping): Fault[] {
  const models = mapping(file.models);
  const said = [...ofModels(models), ...over(file)];
  return [
    ...Object.entries(models).flatMap(([name, model]) => modelFaults(name, mapping(model))),
    ...over(file).flatMap(({path}) => strayFaults(path, models)),
    ...said.flatMap(({path, gpu}) => settingFaults(path, gpu)),
    ...weightsFaults(said),
    ...nameFaults(models),
  ];
}

/** What says something of servers, and where. */
interface Said {
  readonly path: Fault["path"];
  readonly gpu: Mapping;
}

const ofModels = (models: Mapping): Said[] =>
  Object.entries(models).flatMap(([name, model]) => {
    const {gpu} = mapping(model);
    return isMapping(gpu) ? [{path: ["models", name, "gpu"], gpu}] : [];
  });

function over(file: Mapping): Said[] {
  const parts = [
    {path: ["defaults"], part: file.defaults},
    ...Object.entries(mapping(file.regions)).map(([name, part]) => ({
      path: ["regions", name],
      part,
    })),
  ];
  return parts.flatMap(({path, part}) =>
    Object.entries(mapping(mapping(part).gpus)).map(([name, gpu]) => ({
      path: [...path, "gpus", name],
      gpu: mapping(gpu),
    })),
  );
}

function modelFaults(name: string, {host, gpu, api, template}: Mapping): Fault[] {
  const path = ["models", name];
  if (host !== "gpu")
    return gpu === undefined ? [] : [{path: [...path, "gpu"], message: MISPLACED}];
  const silent = gpu === undefined;
  const untaught = template === undefined && (api === undefined || api === "completions");
  const strange = isText(api) && !ANSWERED.includes(api);
  return [
    ...(silent ? [{path, message: SILENT, lacks: [[...path, "gpu"]]}] : []),
    ...(untaught ? [{path, message: UNTAUGHT, lacks: [[...path, "template"]]}] : []),
    ...(strange ? [{path: [...path, "api"], message: `is ${api}, which ${STRANGE}`}] : []),
  ];
}

const MISPLACED = "belongs to models with host: gpu; write that, or remove it";
const SILENT = "has no gpu; say its weights, size and replicas there";
/** It answers 400, `suffix is not currently supported`: vllm/entrypoints/openai/completion/serving.py. */
const UNTAUGHT =
  "has no template, and vLLM takes no text after the gap; name that of its family, or write api: chat";
const STRANGE = "vLLM is not asked by here; write completions or chat";
const ANSWERED = ["completions", "chat"];

/** `gpus` of a name that is no model on GPUs. */
function strayFaults(path: Fault["path"], models: Mapping): Fault[] {
  const name = String(path.at(-1));
  const onGpus = Object.keys(models).filter((one) => mapping(models[one]).host === "gpu");
  if (onGpus.includes(name)) return [];
  const message = Object.hasOwn(models, name)
    ? `"${name}" is no model with host: gpu; remove it, or give it that host`
    : `"${name}" is not a model; ${nearest(name, onGpus)}`;
  return [{path, message}];
}

function settingFaults(path: Fault["path"], {size, engine}: Mapping): Fault[] {
  const message = isText(size) ? gpuSizeFault(size) : undefined;
  return [
    ...(message === undefined ? [] : [{path: [...path, "size"], message}]),
    ...engineFaults([...path, "engine"], mapping(engine)),
  ];
}

/** What is at a place never changes, or servers of one model would answer from two of them. */
function weightsFaults(said: readonly Said[]): Fault[] {
  const first = new Map<string, {readonly manifest: string; readonly at: string}>();
  return said.flatMap(({path, gpu}) => {
    const {storage = "", container = "weights", path: folder, manifest} = mapping(gpu.weights);
    if (!isText(folder) || !isText(manifest)) return [];
    const place = JSON.stringify([String(storage).toLowerCase(), container, folder]);
    const at = path.join(".");
    const known = first.get(place) ?? {manifest, at};
    first.set(place, known);
    if (known.manifest === manifest) return [];
    const message = `is another hash than that of the same folder in ${known.at}; put other weights into a folder of their own`;
    return [{path: [...path, "weights", "manifest"], message}];
  });
}

/** A host is called by its model and its number, and so might servers be: `gpu-a-1`. */
function nameFaults(models: Mapping): Fault[] {
  const names = Object.keys(models);
  const hostOf = (name: string) => mapping(models[name]).host;
  return names.flatMap((name) => {
    const own = names.find((one) => hostOf(one) === "gpu" && isNumbered(`gpu-${one}`, name));
    if (hostOf(name) !== "url" || own === undefined) return [];
    const message = `its hosts would be called as the servers of ${own} are; choose another name`;
    return [{path: ["models", name], message}];
  });
}

const isNumbered = (text: string, name: string) =>
  text.startsWith(`${name}-`) && /^\d+$/.test(text.slice(name.length + 1));

/** Whether a region has servers of any model, by what is said last of their number. */
export function hasReplicas(file: Mapping, region: Mapping): boolean {
  const shared = mapping(mapping(file.defaults).gpus);
  const own = mapping(region.gpus);
  return Object.entries(mapping(file.models)).some(([name, model]) => {
    const {host, gpu} = mapping(model);
    const said = [own[name], shared[name], gpu].map((one) => mapping(one).replicas);
    return host === "gpu" && said.find((count) => count !== undefined) !== 0;
  });
}
