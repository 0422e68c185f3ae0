import type {networking} from "@pulumi/kubernetes/types/input.js";
import {clusterAddresses} from "../../regions/addresses.ts";
import {selectorOf} from "./pod.ts";

/** Rules of network policies: who may open connections to whom. Replies are always allowed. */

export type Egress = networking.v1.NetworkPolicyEgressRule;
export type Ingress = networking.v1.NetworkPolicyIngressRule;

const tcp = (...ports: number[]) => ports.map((port) => ({protocol: "TCP", port}));

/** To the pods of another workload. */
export const toWorkload = (name: string, port: number): Egress => ({
  to: [{podSelector: {matchLabels: selectorOf(name)}}],
  ports: tcp(port),
});

/** To anything at these ports, for the pods that call models. */
export const toAnything = (...ports: number[]): Egress => ({ports: tcp(...ports)});

/** To the internet over HTTPS, but not to the region's own network, which holds the private endpoint of the model. */
export const toInternet = (space: string): Egress => ({
  to: [
    {
      ipBlock: {
        cidr: "0.0.0.0/0",
        except: [space, clusterAddresses.pods, clusterAddresses.services],
      },
    },
  ],
  ports: tcp(443),
});

/** To these ranges of addresses over HTTPS. */
export const toRanges = (...ranges: string[]): Egress => ({
  to: ranges.map((cidr) => ({ipBlock: {cidr}})),
  ports: tcp(443),
});

/** To DNS, whether the cluster's pods answer or the pod's own node. */
export const toNames: Egress = {
  to: [
    {...inSystem(), podSelector: {matchLabels: {"k8s-app": "kube-dns"}}},
    {ipBlock: {cidr: clusterAddresses.localDns}},
  ],
  ports: [{protocol: "UDP", port: 53}, ...tcp(53)],
};

/** From the pods of these workloads; from anyone if not given. */
export const fromWorkloads = (names: readonly string[] | undefined, port: number): Ingress => ({
  ...(names && {from: names.map((name) => ({podSelector: {matchLabels: selectorOf(name)}}))}),
  ports: tcp(port),
});

/** From the collector of managed Prometheus. */
export const fromCollector = (port: number): Ingress => ({
  from: [{...inSystem(), podSelector: {matchLabels: {rsName: "ama-metrics"}}}],
  ports: tcp(port),
});

function inSystem() {
  return {namespaceSelector: {matchLabels: {"kubernetes.io/metadata.name": "kube-system"}}};
}
