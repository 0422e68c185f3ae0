import type {core} from "@pulumi/kubernetes/types/output.js";
import type {Invalid} from "./object.ts";

/** What the API server, or the kubelet, refuses in a pod template. */
export function checkPod({containers, volumes = []}: core.v1.PodSpec, invalid: Invalid): string[] {
  const known = new Set(volumes.map(({name}) => name));
  return containers.flatMap((container, at) => {
    const path = `spec.template.spec.containers[${at}]`;
    const mounts = (container.volumeMounts ?? []).flatMap(({name}, at) =>
      known.has(name) ? [] : [invalid(`${path}.volumeMounts[${at}].name`, `Not found: "${name}"`)],
    );
    const limits = checkLimits(container).map(([at, reason]) => invalid(`${path}.${at}`, reason));
    return [...mounts, ...limits, ...checkProbes(container, path, invalid)];
  });
}

/** The API server takes a probe of a port that is not there; the kubelet then never finds the pod ready. */
function checkProbes(
  {ports = [], readinessProbe, livenessProbe}: core.v1.Container,
  path: string,
  invalid: Invalid,
): string[] {
  const names = new Set(ports.map(({name}) => name));
  return Object.entries({readinessProbe, livenessProbe}).flatMap(([probe, value]) => {
    const port = value?.httpGet?.port;
    if (typeof port !== "string" || names.has(port)) return [];
    return [invalid(`${path}.${probe}.httpGet.port`, `Not found: "${port}"`)];
  });
}

/** Path within a container, and what is wrong there, of each request that is over its limit. */
function checkLimits({resources}: core.v1.Container): [string, string][] {
  const {requests = {}, limits = {}}: Partial<core.v1.ResourceRequirements> = resources ?? {};
  return Object.entries(requests).flatMap(([name, asked]): [string, string][] => {
    const limit = limits[name];
    if (limit === undefined || quantityOf(asked) <= quantityOf(limit)) return [];
    const reason = `Invalid value: "${asked}": must be less than or equal to ${name} limit of ${limit}`;
    return [["resources.requests", reason]];
  });
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const suffixes: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that a quantity such as `250m` or `512Mi` is; not a number for anything else. */
export function quantityOf(text: string): number {
  const [, number, suffix = ""] = /^([\d.]+)([a-zA-Z]*)$/.exec(text) ?? [];
  return Number(number) * (suffixes[suffix] ?? Number.NaN);
}
