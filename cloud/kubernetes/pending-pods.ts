import type {AgentPoolArgs} from "@pulumi/azure-native/containerservice/agentPool.js";
import type {apps, core} from "@pulumi/kubernetes/types/output.js";
import type {Refusal, Resource} from "../resource.ts";
import {of, selects} from "./pods.ts";

const GPU = "nvidia.com/gpu";
/** Where a kubelet is told of devices: https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/ */
const PLUGINS = "/var/lib/kubelet/device-plugins";

/**
 * Pods that ask for a GPU and that no node can ever take, in the scheduler's words: the API server takes them, and they stay
 * Pending. A node has GPUs by its size, and its kubelet knows of them by a plugin on it:
 * https://learn.microsoft.com/azure/aks/use-nvidia-gpu
 */
export function pendingPods(resources: readonly Resource[]): Refusal[] {
  return resources
    .filter(({type}) => type === "kubernetes:apps/v1:Deployment")
    .flatMap(({stack, type, name, inputs}) => {
      const {spec} = inputs as unknown as apps.v1.Deployment;
      const reason = whyPending(spec.template.spec, ofStack(resources, stack));
      return reason === undefined ? [] : [{stack, type, name, reason}];
    });
}

const ofStack = (resources: readonly Resource[], stack: string) =>
  resources.filter((resource) => resource.stack === stack);

function whyPending(pod: core.v1.PodSpec, others: readonly Resource[]): string | undefined {
  if (!pod.containers.some(asksForGpu)) return undefined;
  const pools = of<Pool>(others, "azure-native:containerservice:AgentPool");
  const fitting = pools.filter((pool) => selects(pod.nodeSelector ?? {}, pool.nodeLabels ?? {}));
  if (fitting.length === 0) return `${NONE} didn't match Pod's node affinity/selector.`;
  const open = fitting.filter((pool) => tolerates(pod, pool));
  if (open.length === 0) return `${NONE} had untolerated taints.`;
  const plugins = of<apps.v1.DaemonSet>(others, "kubernetes:apps/v1:DaemonSet")
    .map(({spec}) => spec.template.spec)
    .filter(isPlugin);
  const known = open.some(
    (pool) => hasGpu(pool) && plugins.some((plugin) => tolerates(plugin, pool)),
  );
  return known ? undefined : `${NONE} Insufficient ${GPU}.`;
}

const NONE = "FailedScheduling: 0 nodes are available:";

/** The part of a pool's inputs that is read. */
interface Pool {
  readonly vmSize?: AgentPoolArgs["vmSize"];
  readonly nodeTaints?: readonly string[];
  readonly nodeLabels?: Readonly<Record<string, string>>;
}

const asksForGpu = ({resources}: core.v1.Container) => resources?.limits?.[GPU] !== undefined;

const isPlugin = ({volumes = []}: core.v1.PodSpec) =>
  volumes.some(({hostPath}) => hostPath?.path === PLUGINS);

/** https://learn.microsoft.com/azure/virtual-machines/sizes/overview#gpu-accelerated: their names begin so. */
const hasGpu = ({vmSize}: Pool) => /^Standard_N[CDV]/.test(String(vmSize));

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
const tolerates = ({tolerations = []}: core.v1.PodSpec, {nodeTaints = []}: Pool) =>
  nodeTaints.every((taint) => {
    const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(taint) ?? [];
    return tolerations.some(
      (one) =>
        one.key === key &&
        (one.operator === "Exists" || one.value === value) &&
        (one.effect ?? effect) === effect,
    );
  });
