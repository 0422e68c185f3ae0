import {DaemonSet} from "@pulumi/kubernetes/apps/v1/daemonSet.js";
import {Namespace} from "@pulumi/kubernetes/core/v1/namespace.js";
import {ServiceAccount} from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import {NetworkPolicy} from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type {Provider} from "@pulumi/kubernetes/provider.js";
import type {ComponentResourceOptions, Input} from "@pulumi/pulumi";
import {Component} from "../../component.ts";
import {confined, labelsOf, selectorOf} from "../pod.ts";
import {accelerated, tolerations} from "./pool.ts";

export interface PluginArgs {
  readonly provider: Provider;
  readonly image: Input<string>;
}

/** A namespace of its own: it needs a folder of the node's, which no other pod of ours gets. */
export const PLUGIN_NAMESPACE = "meridian-gpus";
export const PLUGIN = "gpu-plugin";

/**
 * NVIDIA's device plugin, which tells the cluster how many GPUs a node has: AKS does so itself in a preview alone, of which
 * the stable API knows nothing. https://learn.microsoft.com/azure/aks/use-nvidia-gpu
 */
export class GpuPlugin extends Component {
  constructor(name: string, {provider, image}: PluginArgs, options?: ComponentResourceOptions) {
    super("GpuPlugin", name, options);
    const onCluster = {parent: this, provider};
    const level = "pod-security.kubernetes.io/enforce";
    const metadata = {name: PLUGIN_NAMESPACE, labels: {[level]: "privileged"}};
    const namespace = new Namespace(PLUGIN_NAMESPACE, {metadata}, onCluster);
    const inside = {namespace: namespace.metadata.name};
    // It speaks with the node's kubelet by a socket, and with nobody by the network.
    const closed = new NetworkPolicy(
      `deny-${PLUGIN_NAMESPACE}`,
      {
        metadata: {name: "deny", ...inside},
        spec: {podSelector: {}, policyTypes: ["Ingress", "Egress"]},
      },
      onCluster,
    );
    const account = new ServiceAccount(
      PLUGIN,
      {metadata: {name: PLUGIN, ...inside}, automountServiceAccountToken: false},
      onCluster,
    );
    new DaemonSet(
      PLUGIN,
      {
        metadata: {name: PLUGIN, ...inside, labels: labelsOf(PLUGIN)},
        spec: {selector: {matchLabels: selectorOf(PLUGIN)}, template: template(image)},
      },
      // Where nodes come and go the count of its pods is never settled.
      {...onCluster, dependsOn: [closed, account]},
    );
    this.registerOutputs();
  }
}

/** https://github.com/NVIDIA/k8s-device-plugin/blob/main/deployments/static/nvidia-device-plugin.yml */
const template = (image: Input<string>) => ({
  metadata: {labels: labelsOf(PLUGIN)},
  spec: {
    serviceAccountName: PLUGIN,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: "system-node-critical",
    nodeSelector: accelerated,
    tolerations: tolerations({spot: true}),
    securityContext: {seccompProfile: {type: "RuntimeDefault"}},
    containers: [
      {
        name: PLUGIN,
        image,
        env: [{name: "FAIL_ON_INIT_ERROR", value: "false"}],
        resources: {requests: {cpu: "50m", memory: "128Mi"}, limits: {memory: "128Mi"}},
        volumeMounts: [{name: "plugins", mountPath: PLUGINS}],
        securityContext: confined,
      },
    ],
    volumes: [{name: "plugins", hostPath: {path: PLUGINS, type: "Directory"}}],
  },
});

const PLUGINS = "/var/lib/kubelet/device-plugins";
