import {isInternal} from "../../regions/names.ts";
import type {Region} from "../../regions/world.ts";

/** Azure's name for the addresses that Traffic Manager probes from: https://learn.microsoft.com/azure/virtual-network/service-tags-overview */
export const PROBES = "AzureTrafficManager";

/**
 * Which addresses the load balancer of the edge's Service lets in; all if nothing is said. Not by
 * `loadBalancerSourceRanges`: nodes would then drop the probes, whatever tags are allowed beside it. At an internal
 * entrance nothing probes, and Azure's default rules have to be overruled, which let the whole network in.
 * https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#loadbalancer-annotations
 */
export function userAnnotations(region: Region): Readonly<Record<string, string>> {
  const {allow} = region.edge;
  if (!allow) return {};
  const azure = "service.beta.kubernetes.io/azure";
  const rest = isInternal(region)
    ? {[`${azure}-deny-all-except-load-balancer-source-ranges`]: "true"}
    : {[`${azure}-allowed-service-tags`]: PROBES};
  return {[`${azure}-allowed-ip-ranges`]: allow.join(","), ...rest};
}
