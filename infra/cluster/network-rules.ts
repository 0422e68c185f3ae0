import type {networking} from "@pulumi/kubernetes/types/input.js";
import {clusterAddresses} from "../../regions/addresses.ts";
import {selectorOf} from "./pod.ts";

/** Who may open connections to whom: the rules of network policies. Answers always come back. */

export type Egress = networking.v1.NetworkPolicyEgressRule;
export type Ingress = networking.v1.NetworkPolicyIngressRule;

const tcp = (...ports: number[]) => ports.map((port) => ({protocol: "TCP", port}));

/** Pods of another workload. */
export const toWorkload = (name: string, port: number): Egress => ({
  to: [{podSelector: {matchLabels: selectorOf(name)}}],
  ports: tcp(port),
});

/** Anything at these ports: the pods that call models. */
export const toAnything = (...ports: number[]): Egress => ({ports: tcp(...ports)});

/** The world's HTTPS, but nothing in the region's own network: no private endpoint, so no model. */
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

/** The cluster's names. */
export const toNames: Egress = {
  to: [{...inSystem(), podSelector: {matchLabels: {"k8s-app": "kube-dns"}}}],
  ports: [{protocol: "UDP", port: 53}, ...tcp(53)],
};

/** Pods of one workload; anyone if not given. */
export const fromWorkload = (name: string | undefined, port: number): Ingress => ({
  ...(name !== undefined && {from: [{podSelector: {matchLabels: selectorOf(name)}}]}),
  ports: tcp(port),
});

/** The collector of managed Prometheus. */
export const fromCollector = (port: number): Ingress => ({
  from: [{...inSystem(), podSelector: {matchLabels: {rsName: "ama-metrics"}}}],
  ports: tcp(port),
});

function inSystem() {
  return {namespaceSelector: {matchLabels: {"kubernetes.io/metadata.name": "kube-system"}}};
}
