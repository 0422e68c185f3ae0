import {baseOf} from "../../proxy/policy.ts";
import {type Fault, isNumber, isText, list, type Mapping, mapping, nearest} from "../meaning.ts";
import {familyOf} from "../models/families.ts";

/** Faults in which hosts serve which models, and in how a region's requests are shared among them. */
export function hostFaults(file: Mapping): Fault[] {
  const models = mapping(file.models);
  const regions = Object.entries(mapping(file.regions));
  return [
    ...Object.entries(models).flatMap(([name, model]) => modelFaults(name, mapping(model))),
    ...sharedFaults(["defaults"], mapping(file.defaults), models),
    ...regions.flatMap(([name, region]) =>
      sharedFaults(["regions", name], mapping(region), models),
    ),
  ];
}

function modelFaults(name: string, written: Mapping): Fault[] {
  const {host = "azure", version} = written;
  const path = ["models", name];
  const faults = [
    ...templateFaults([...path, "template"], written),
    ...apiFaults([...path, "api"], written),
  ];
  if (host === "azure" && version === undefined)
    return [...faults, {path, message: "has no version; pin one of Azure's catalogue"}];
  if (host === "azure" || version === undefined) return faults;
  const message = "belongs to models that Azure hosts; remove it";
  return [...faults, {path: [...path, "version"], message}];
}

/** Azure fills in by itself, and what is asked in another way is told of the gap in that. */
function templateFaults(path: Fault["path"], {host = "azure", api, template}: Mapping): Fault[] {
  if (template === undefined) return [];
  if (host === "azure")
    return [{path, message: "belongs to models with host: url or gpu; remove it"}];
  if (api === undefined || api === "completions") return [];
  return [{path, message: `belongs to models that complete; remove it, or api: ${api}`}];
}

/** No model of Azure's is asked by what others' hosts alone have, and some by Responses alone. */
function apiFaults(path: Fault["path"], {host = "azure", api, model}: Mapping): Fault[] {
  if (host !== "azure" || api === undefined || api === "responses") return [];
  if (api === "mistral" || api === "infill")
    return [{path, message: `${api} belongs to models with host: url; remove it`}];
  if (!isText(model) || familyOf(model)?.api !== "responses") return [];
  return [{path, message: `is ${api}, and "${model}" speaks Responses alone; remove it`}];
}

/** The two ways to serve a model, the lists of their entries, and the models allowed in them. */
const ways = {
  deployments: {
    host: "azure",
    key: "sku",
    twice: (model: string, sku: string) =>
      `${model} is deployed twice with ${sku}; add the capacities up in one`,
    misplaced: (model: string) => `"${model}" is not hosted by Azure; list its address under hosts`,
  },
  hosts: {
    host: "url",
    key: "url",
    twice: (model: string, url: string) => `${model} is at ${url} twice; remove one`,
    misplaced: (model: string) =>
      `"${model}" is hosted by Azure; list it under deployments, or give it host: url`,
  },
} as const;

function sharedFaults(path: Fault["path"], sizes: Mapping, models: Mapping): Fault[] {
  return (["deployments", "hosts"] as const).flatMap((way) => {
    const entries = list(sizes[way]).map(mapping);
    return [
      ...entries.flatMap((entry, at) => entryFaults([...path, way, at], way, entry, models)),
      ...twiceFaults([...path, way], way, entries),
      ...shareFaults([...path, way], entries),
    ];
  });
}

function entryFaults(
  path: Fault["path"],
  way: keyof typeof ways,
  {model}: Mapping,
  models: Mapping,
): Fault[] {
  if (!isText(model)) return [];
  const known = Object.keys(models);
  const at = [...path, "model"];
  if (!known.includes(model))
    return [{path: at, message: `"${model}" is not a model; ${nearest(model, known)}`}];
  const {host = "azure"} = mapping(models[model]);
  if (host === ways[way].host) return [];
  const message =
    host === "gpu"
      ? `"${model}" is on GPUs of your own; say its replicas under gpus, and remove it here`
      : ways[way].misplaced(model);
  return [{path: at, message}];
}

function twiceFaults(
  path: Fault["path"],
  way: keyof typeof ways,
  entries: readonly Mapping[],
): Fault[] {
  const {key, twice} = ways[way];
  const seen = new Set<string>();
  return entries.flatMap(({model, [key]: said}, at) => {
    if (!isText(model) || !isText(said)) return [];
    const one = URL.canParse(said) ? baseOf(said) : said;
    const id = `${model}/${one}`;
    if (seen.has(id)) return [{path: [...path, at], message: twice(model, one)}];
    seen.add(id);
    return [];
  });
}

function shareFaults(path: Fault["path"], entries: readonly Mapping[]): Fault[] {
  const named = entries.filter(({model}) => isText(model));
  const byModel = Map.groupBy(named, ({model}) => String(model));
  return [...byModel].flatMap(([model, group]) => {
    const shares = group.map(({share}) => share);
    const sum = shares.reduce<number>((sum, share) => sum + (isNumber(share) ? share : 0), 0);
    const open = shares.filter((share) => share === undefined).length;
    if (open === 0 && sum !== 100)
      return [{path, message: `the shares of ${model} add up to ${sum}%; make it 100%`}];
    if (open > 0 && sum + open > 100)
      return [{path, message: `the shares of ${model} leave nothing for the others; lower them`}];
    return [];
  });
}
