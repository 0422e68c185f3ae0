import type {Region} from "../../regions/world.ts";

/** Azure's name for the addresses that Traffic Manager probes from: https://learn.microsoft.com/azure/virtual-network/service-tags-overview */
export const PROBES = "AzureTrafficManager";

/**
 * Which addresses the load balancer of the edge's Service lets in; all if nothing is said. Not by
 * `loadBalancerSourceRanges`: nodes would then drop the probes, whatever tags are allowed beside it.
 * https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#loadbalancer-annotations
 */
export function userAnnotations({edge: {allow}}: Region): Readonly<Record<string, string>> {
  if (!allow) return {};
  const allowed = "service.beta.kubernetes.io/azure-allowed";
  return {[`${allowed}-ip-ranges`]: allow.join(","), [`${allowed}-service-tags`]: PROBES};
}
