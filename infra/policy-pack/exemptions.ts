import {PLUGIN, PLUGIN_NAMESPACE} from "../cluster/gpus/plugin.ts";
import type {Subject} from "./policy.ts";

export interface Exemption {
  /** A policy's name. */
  readonly policy: string;
  readonly type: string;
  /** Pulumi's, of the only one of that type that is let be; all of them if undefined. */
  readonly name?: string;
  /** The value that is let be, keys joined by dots. */
  readonly path: string;
  readonly why: string;
}

/** What the stacks ask for against a policy, and why it is let be. A row that is no longer needed is taken out. */
export const exemptions: readonly Exemption[] = [
  {
    policy: "no-public-access",
    type: "azure-native:containerregistry:Registry",
    path: "publicNetworkAccess",
    why: "the tasks that build images come by its public name; it serves who has a role on it",
  },
  ...["publicNetworkAccessForIngestion", "publicNetworkAccessForQuery"].map((path) => ({
    policy: "no-public-access",
    type: "azure-native:operationalinsights:Workspace",
    path,
    why: "agents send, and people ask, by its public name: both sign in at Entra, and keys are off",
  })),
  {
    policy: "no-public-access",
    type: "azure-native:monitor:AzureMonitorWorkspace",
    path: "publicNetworkAccess",
    why: "dashboards ask it by its public name, and sign in at Entra",
  },
  {
    policy: "no-public-access",
    type: "azure-native:monitor:DataCollectionEndpoint",
    path: "networkAcls.publicNetworkAccess",
    why: "agents of each cluster send metrics by its public name, and sign in as the cluster's identity",
  },
  {
    policy: "confined-pods",
    type: "kubernetes:core/v1:Namespace",
    name: PLUGIN_NAMESPACE,
    path: "metadata.labels.pod-security.kubernetes.io/enforce",
    why: "what tells a cluster of its GPUs needs a folder of the node's: it is alone there, and has no network",
  },
  ...["volumes.*.hostPath", "securityContext.runAsNonRoot"].map((path) => ({
    policy: "confined-pods",
    type: "kubernetes:apps/v1:DaemonSet",
    name: PLUGIN,
    path: `spec.template.spec.${path}`,
    why: "what tells a cluster of its GPUs puts a socket into the folder of the node's kubelet, which is root's",
  })),
];

/** Whether a value of a resource is let be. */
export const isExempt = (
  policy: string,
  {type, name}: Pick<Subject, "type" | "name">,
  path: readonly string[],
): boolean =>
  exemptions.some(
    (one) =>
      one.policy === policy &&
      one.type === type &&
      one.path === path.join(".") &&
      (one.name ?? name) === name,
  );
