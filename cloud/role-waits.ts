import type {roles} from "../infra/azure/roles.ts";

/**
 * A role that is given may take so long until it holds, the control plane's of AKS an hour:
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected,
 * https://learn.microsoft.com/azure/aks/use-managed-identity
 */
export const ROLE_DELAY_S = 600;

/** Who asks by a role as soon as it is given, and what asks again until it holds. */
interface Wait {
  readonly who: string;
  /**
   * `ever`: without an end. `job`: as often as its backoffLimit says. `before`: it is given long before it is needed.
   * `again`: once; whoever brings the stack up does so again (docs/guards.md).
   */
  readonly asks: "ever" | "job" | "before" | "again";
  readonly source: string;
}

export const roleWaits: Readonly<Record<keyof typeof roles, Wait>> = {
  AcrPull: {
    who: "a node's kubelet, which pulls images",
    asks: "ever",
    source: "https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff",
  },
  "Azure Kubernetes Service RBAC Cluster Admin": {
    who: "people of a group",
    asks: "before",
    source: "https://learn.microsoft.com/azure/aks/manage-azure-rbac",
  },
  "Cognitive Services OpenAI User": {
    who: "proxies: out of rotation they ask their model host again, until it answers",
    asks: "ever",
    source: "proxy/observe/probe.ts",
  },
  "Key Vault Certificates Officer": {
    who: "the job that has the vault issue a certificate",
    asks: "job",
    source:
      "https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy",
  },
  "Key Vault Crypto Service Encryption User": {
    who: "what a key of the company's encrypts, as it is made",
    asks: "again",
    source:
      "https://learn.microsoft.com/azure/ai-services/encryption/cognitive-services-encryption-keys-portal",
  },
  "Key Vault Crypto User": {
    who: "a cluster's control plane, as etcd is encrypted",
    asks: "again",
    source: "https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption",
  },
  "Key Vault Secrets User": {
    who: "a node's kubelet, which mounts what the vault's driver fetches",
    asks: "ever",
    source:
      "https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/volumemanager/reconciler",
  },
  "Monitoring Data Reader": {
    who: "KEDA's operator, which asks for metrics",
    asks: "ever",
    source: "https://keda.sh/docs/latest/reference/scaledobject-spec",
  },
  "Network Contributor": {
    who: "the cluster's controller of Services and AKS itself, for nodes and addresses",
    asks: "ever",
    source:
      "https://github.com/kubernetes/cloud-provider/blob/master/controllers/service/controller.go",
  },
  Reader: {
    who: "the cluster's controller of Services, which looks for addresses",
    asks: "ever",
    source:
      "https://github.com/kubernetes/cloud-provider/blob/master/controllers/service/controller.go",
  },
  "Storage Blob Data Contributor": {
    who: "a flow log, as it is made",
    asks: "again",
    source: "https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-managed-identity",
  },
  "Storage Blob Data Reader": {
    who: "what waits for a model's weights before its server starts",
    asks: "ever",
    source: "infra/cluster/gpus/weights-check.ts",
  },
};

const FIRST_S = 10;
const LONGEST_S = 360;

/** How long a Job goes on that fails each time: 10 s before the second pod, twice as long before each further one. */
export function jobLastsS(backoffLimit: number): number {
  const waits = Array.from({length: backoffLimit}, (_, at) => FIRST_S * 2 ** at);
  return waits.reduce((sum, wait) => sum + Math.min(LONGEST_S, wait), 0);
}
