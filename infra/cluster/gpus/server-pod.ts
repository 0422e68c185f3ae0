import type {core} from "@pulumi/kubernetes/types/input.js";
import type {Input} from "@pulumi/pulumi";
import {gpuSizes} from "../../../regions/replicas/sizes.ts";
import type {Region, Replicas} from "../../../regions/world.ts";
import {cloudEnvironment} from "../certificate.ts";
import {
  confined,
  type Identity,
  identityEnvironment,
  identityToken,
  labelsOf,
  nobody,
  spread,
} from "../pod.ts";
import {REPLICAS_PORT, replicasName} from "../replicas-name.ts";
import {ending, vllmCommand, vllmEnvironment} from "./engine.ts";
import {MODEL_LABEL, tolerations} from "./pool.ts";
import {weightsCheck} from "./weights-check.ts";

export interface ServerArgs {
  readonly region: Region;
  /** What clients of the server call the model. */
  readonly servedName: string;
  readonly accountName: Input<string>;
  readonly self: Identity;
  readonly images: {readonly vllmImage: Input<string>; readonly cliImage: Input<string>};
}

/** The pod template of a model's servers. It meets the restricted pod security standard. */
export function serverTemplate(own: Replicas, args: ServerArgs): core.v1.PodTemplateSpec {
  const name = replicasName(own);
  return {
    metadata: {labels: labelsOf(name)},
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: ending.noticeS + ending.drainS + ending.exitS,
      securityContext: nobody(args.region),
      nodeSelector: {[MODEL_LABEL]: own.model},
      tolerations: tolerations(own),
      topologySpreadConstraints: spread(name),
      initContainers: [checker(own, args)],
      containers: [server(own, args)],
      volumes: [identityToken.volume, ...folders],
    },
  };
}

const WORK = "/work";

const folders = [
  // What it compiles, and the small files of the weights.
  {name: "tmp", emptyDir: {sizeLimit: "16Gi"}},
  {name: "home", emptyDir: {sizeLimit: "256Mi"}},
  // By which its processes speak with each other; it counts as their memory.
  {name: "shm", emptyDir: {medium: "Memory", sizeLimit: "2Gi"}},
];

const mount = (name: string, mountPath: string) => ({name, mountPath});
const token = {...mount("identity", `${WORK}/${identityToken.folder}`), readOnly: true};

const listed = (env: Readonly<Record<string, Input<string>>>) =>
  Object.entries(env).map(([name, value]) => ({name, value}));

/** By which the storage account lets it in. */
const entrance = ({accountName, self}: ServerArgs) => ({
  ...identityEnvironment(self),
  AZURE_FEDERATED_TOKEN_FILE: `${WORK}/identity/token`,
  AZURE_STORAGE_ACCOUNT_NAME: accountName,
});

function checker({weights}: Replicas, args: ServerArgs): core.v1.Container {
  const {container, path, manifest} = weights;
  const of = {CONTAINER: container, FOLDER: path, MANIFEST: manifest};
  return {
    name: "weights",
    image: args.images.cliImage,
    workingDir: WORK,
    command: ["sh", "-c", weightsCheck],
    env: listed({...entrance(args), ...cloudEnvironment(args.region), ...of, HOME: "/tmp"}),
    resources: {requests: {cpu: "100m", memory: "512Mi"}, limits: {memory: "512Mi"}},
    volumeMounts: [token, mount("home", "/tmp")],
    securityContext: confined,
  };
}

function server(own: Replicas, args: ServerArgs): core.v1.Container {
  const {cpu, memoryGi} = shareOf(own.size);
  const memory = `${memoryGi}Gi`;
  const gpu = {"nvidia.com/gpu": "1"};
  return {
    name: "vllm",
    image: args.images.vllmImage,
    workingDir: WORK,
    command: vllmCommand(own, args.servedName),
    env: listed({...entrance(args), ...vllmEnvironment(memoryGi / 2)}),
    ports: [{name: "http", containerPort: REPLICAS_PORT}],
    resources: {requests: {cpu, memory, ...gpu}, limits: {memory, ...gpu}},
    volumeMounts: [token, mount("tmp", "/tmp"), mount("shm", "/dev/shm")],
    ...probes,
    lifecycle: {preStop: {sleep: {seconds: ending.noticeS}}},
    securityContext: confined,
  };
}

/** Weights are loaded and graphs compiled before the first answer: half an hour is far over what has been reported. */
const probes = {
  startupProbe: {...health(), periodSeconds: 10, failureThreshold: 180},
  readinessProbe: {...health(), periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 5},
  livenessProbe: {...health(), periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5},
};

function health() {
  return {httpGet: {path: "/health", port: "http"}};
}

/**
 * Half of the vCPUs that a machine has for each GPU, and 4 GiB to each: sizes with GPUs have 7 GiB or more to a vCPU, and the
 * rest is the node's own. https://learn.microsoft.com/azure/virtual-machines/sizes/overview#gpu-accelerated
 */
function shareOf(size: string): {cpu: string; memoryGi: number} {
  const {gpus = 1} = gpuSizes[size] ?? {};
  const vcpus = Math.max(1, Number(/^Standard_[A-Z]+(\d+)/.exec(size)?.[1] ?? 4) / gpus);
  return {cpu: `${Math.max(1, Math.floor(vcpus / 2))}`, memoryGi: 4 * vcpus};
}
