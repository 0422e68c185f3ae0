import type {Inputs, Kind, View} from "../cloud.ts";
import {checkLimits, type Resources} from "./limits.ts";

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
}

type Labels = Readonly<Record<string, string>>;

interface PodSpec {
  readonly containers: readonly {
    readonly name: string;
    readonly volumeMounts?: readonly {readonly name: string; readonly mountPath: string}[];
    readonly ports?: readonly {readonly name?: string}[];
    readonly readinessProbe?: Probe;
    readonly livenessProbe?: Probe;
    readonly resources?: Resources;
  }[];
  readonly volumes?: readonly {readonly name: string}[];
}

interface Probe {
  readonly httpGet?: {readonly port: string | number};
}

interface Deployment {
  readonly spec: {
    readonly selector: {readonly matchLabels?: Labels};
    readonly template: {readonly metadata?: {readonly labels?: Labels}; readonly spec: PodSpec};
  };
}

/**
 * What the API server never changes, for which Pulumi's provider makes another object:
 * https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go. A
 * ConfigMap's data is not among it, as clusters' providers have enableConfigMapMutable.
 */
const fixedFields: Readonly<Record<string, readonly string[]>> = {
  "apps/v1:Deployment": ["spec.selector"],
  "core/v1:Service": ["spec.clusterIP"],
  "batch/v1:Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
};

/** Kinds of Kubernetes objects, in the words of the API server. A new kind is a new entry. */
export const kinds: Readonly<Record<string, Kind>> = {
  // Not an object of a cluster but how Pulumi reaches one.
  // Another cluster is another provider: DiffConfig in provider/pkg/provider/provider.go.
  "pulumi:providers:kubernetes": {
    id: (_, stack) => `${stack}/kubernetes`,
    check: () => [],
    fixed: ["clusterIdentifier"],
  },
  ...object("core/v1:Namespace", "namespaces"),
  ...object("core/v1:ConfigMap", "configmaps", checkConfigMap),
  ...object("core/v1:Service", "services", checkService),
  ...object("core/v1:ServiceAccount", "serviceaccounts"),
  ...object("apps/v1:Deployment", "deployments.apps", checkDeployment),
  ...object("batch/v1:Job", "jobs.batch", checkJob),
  ...object(
    "autoscaling/v2:HorizontalPodAutoscaler",
    "horizontalpodautoscalers.autoscaling",
    checkAutoscaler,
  ),
  ...object("policy/v1:PodDisruptionBudget", "poddisruptionbudgets.policy"),
  ...object("networking.k8s.io/v1:NetworkPolicy", "networkpolicies.networking.k8s.io"),
  ...object(
    "secrets-store.csi.x-k8s.io/v1:SecretProviderClass",
    "secretproviderclasses.secrets-store.csi.x-k8s.io",
  ),
  ...object("azmonitoring.coreos.com/v1:PodMonitor", "podmonitors.azmonitoring.coreos.com"),
};

/** Ids are `namespace/name` in Pulumi's provider; here the cluster and the kind come first. */
function object<In>(
  type: string,
  plural: string,
  checkOwn: (inputs: In, invalid: Invalid) => readonly string[] = () => [],
): Record<string, Kind> {
  const id = (inputs: Inputs, stack: string) => {
    const {name, namespace} = metadataOf(inputs);
    return `${stack}/${plural}/${namespace ? `${namespace}/` : ""}${name}`;
  };
  const check = (inputs: Inputs, view: View) => {
    const {name} = metadataOf(inputs);
    const kind = type.split(":")[1];
    const invalid: Invalid = (path, reason) => `${kind} "${name}" is invalid: ${path}: ${reason}`;
    return [...checkObject(inputs, plural, invalid, view), ...checkOwn(inputs as In, invalid)];
  };
  const refuseChange = (path: string, inputs: Inputs) => {
    const {name} = metadataOf(inputs);
    const value = path.split(".").reduce<unknown>((at, key) => (at as Inputs)?.[key], inputs);
    return `${type.split(":")[1]} "${name}" is invalid: ${path}: Invalid value: ${JSON.stringify(value)}: field is immutable`;
  };
  const fixed = ["metadata.name", "metadata.namespace", ...(fixedFields[type] ?? [])];
  return {[`kubernetes:${type}`]: {id, check, fixed, refuseChange}};
}

/** Says that the field at a path is not as it must be. */
type Invalid = (path: string, reason: string) => string;

const metadataOf = (inputs: Inputs) => (inputs.metadata ?? {}) as Metadata;

function checkObject(inputs: Inputs, plural: string, invalid: Invalid, view: View): string[] {
  const {name = "", namespace} = metadataOf(inputs);
  const faults: string[] = [];
  if (!/^(?=.{1,253}$)[a-z\d]([a-z\d.-]*[a-z\d])?$/.test(name))
    faults.push(
      invalid(
        "metadata.name",
        `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
      ),
    );
  if (namespace !== undefined && !view.find(`${view.stack}/namespaces/${namespace}`))
    faults.push(`namespaces "${namespace}" not found`);
  if (view.find(view.id)) faults.push(`${plural} "${name}" already exists`);
  return faults;
}

interface ConfigMap {
  readonly data?: Readonly<Record<string, string>>;
}

function checkConfigMap({data = {}}: ConfigMap, invalid: Invalid): string[] {
  const keys = Object.keys(data).filter((key) => !/^[-._a-zA-Z\d]{1,253}$/.test(key));
  const size = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  return [
    ...keys.map((key) =>
      invalid(
        `data[${key}]`,
        `Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
      ),
    ),
    ...(size > 1_048_576 ? [invalid("[]", "Too long: may not be more than 1048576 bytes")] : []),
  ];
}

interface Service {
  readonly spec: {readonly ports?: readonly {readonly name?: string; readonly port: number}[]};
}

function checkService({spec: {ports = []}}: Service, invalid: Invalid): string[] {
  if (ports.length === 0) return [invalid("spec.ports", "Required value")];
  return ports.flatMap(({port}, at) =>
    port >= 1 && port <= 65_535
      ? []
      : [
          invalid(
            `spec.ports[${at}].port`,
            `Invalid value: ${port}: must be between 1 and 65535, inclusive`,
          ),
        ],
  );
}

interface Autoscaler {
  readonly spec: {readonly minReplicas?: number; readonly maxReplicas: number};
}

function checkAutoscaler(
  {spec: {minReplicas = 1, maxReplicas}}: Autoscaler,
  invalid: Invalid,
): string[] {
  return maxReplicas >= minReplicas
    ? []
    : [
        invalid(
          "spec.maxReplicas",
          `Invalid value: ${maxReplicas}: must be greater than or equal to \`minReplicas\``,
        ),
      ];
}

function checkDeployment({spec: {selector, template}}: Deployment, invalid: Invalid): string[] {
  const labels = template.metadata?.labels ?? {};
  const wanted = Object.entries(selector.matchLabels ?? {});
  const matches = wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  const mismatch = `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``;
  return [
    ...(matches ? [] : [invalid("spec.template.metadata.labels", mismatch)]),
    ...checkPod(template.spec, invalid),
  ];
}

interface Job {
  readonly spec: {readonly template: {readonly spec: PodSpec & {readonly restartPolicy?: string}}};
}

function checkJob({spec: {template}}: Job, invalid: Invalid): string[] {
  const {restartPolicy = ""} = template.spec;
  const policies = ["OnFailure", "Never"];
  const refusal = `Unsupported value: "${restartPolicy}": supported values: "OnFailure", "Never"`;
  return [
    ...(policies.includes(restartPolicy)
      ? []
      : [invalid("spec.template.spec.restartPolicy", refusal)]),
    ...checkPod(template.spec, invalid),
  ];
}

function checkPod({containers, volumes = []}: PodSpec, invalid: Invalid): string[] {
  const known = new Set(volumes.map(({name}) => name));
  return containers.flatMap((container, at) => {
    const path = `spec.template.spec.containers[${at}]`;
    const mounts = (container.volumeMounts ?? []).flatMap(({name}, at) =>
      known.has(name) ? [] : [invalid(`${path}.volumeMounts[${at}].name`, `Not found: "${name}"`)],
    );
    const limits = checkLimits(container.resources ?? {}).map(([at, reason]) =>
      invalid(`${path}.${at}`, reason),
    );
    return [...mounts, ...limits, ...checkProbes(container, path, invalid)];
  });
}

/** The API server takes a probe of a port that is not there; the kubelet then never finds the pod ready. */
function checkProbes(
  {ports = [], readinessProbe, livenessProbe}: PodSpec["containers"][number],
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
