import {type Fault, isText, list, type Mapping, mapping} from "../meaning.ts";
import {nextFaults} from "./successor-faults.ts";

/** Models that are to take what others have no room for, and cannot. */
export function overflowFaults(file: Mapping): Fault[] {
  const models = mapping(file.models);
  return [...nextFaults(models, "overflow"), ...unservedFaults(file, models)];
}

function unservedFaults(file: Mapping, models: Mapping): Fault[] {
  const served = servedIn(file, models);
  return Object.entries(models).flatMap(([name, model]) => {
    const {overflow} = mapping(model);
    if (!isText(overflow) || !Object.hasOwn(models, overflow) || served.has(overflow)) return [];
    const message = `"${overflow}" is served by no region; give one a deployment of it, or leave this out`;
    return [{path: ["models", name, "overflow"], message}];
  });
}

/** The models that any region serves. */
function servedIn(file: Mapping, models: Mapping): Set<unknown> {
  const parts = [file.defaults, ...Object.values(mapping(file.regions))].map(mapping);
  const listed = parts
    .flatMap(({deployments, hosts}) => [...list(deployments), ...list(hosts)])
    .map((entry) => mapping(entry).model);
  const onGpus = Object.entries(models).flatMap(([name, model]) => {
    const {host, gpu} = mapping(model);
    const said = [gpu, ...parts.map(({gpus}) => mapping(gpus)[name])];
    return host === "gpu" && said.some(hasServers) ? [name] : [];
  });
  return new Set([...listed, ...onGpus]);
}

const hasServers = (gpu: unknown) => ![undefined, 0].includes(mapping(gpu).replicas as number);
