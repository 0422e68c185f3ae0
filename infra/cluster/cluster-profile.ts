import type {Output} from "@pulumi/pulumi";
import {clusterAddresses} from "../../regions/addresses.ts";
import type {Region} from "../../regions/world.ts";
import {type Encrypted, etcdProfile} from "./cluster-encryption.ts";

export interface ClusterParts extends Encrypted {
  /** The id of the log workspace. */
  readonly logsId: Output<string>;
}

/** A region's cluster settings, apart from its name, nodes and identity. */
export const clusterProfile = ({region, logsId, key}: ClusterParts) => ({
  kubernetesVersion: region.cluster.version,
  // Standard has an uptime SLA and an API server that scales.
  sku: {name: "Base", tier: region.cluster.tier === "free" ? "Free" : "Standard"},
  networkProfile: {...networkProfile, outboundType: outboundTypes[region.outbound]},
  ...apiServer(region),
  // People sign in with Entra, and Azure roles decide what they may do.
  aadProfile: {managed: true, enableAzureRBAC: true},
  disableLocalAccounts: true,
  oidcIssuerProfile: {enabled: true},
  securityProfile: {
    workloadIdentity: {enabled: true},
    imageCleaner: {enabled: true, intervalHours: 168},
    ...defenderProfile(region, logsId),
    ...etcdProfile({region, key}),
  },
  addonProfiles: {
    azureKeyvaultSecretsProvider: secretsProvider,
    omsagent: containerLogs(logsId),
    ...policyAddon(region),
  },
  azureMonitorProfile: {metrics: {enabled: true}},
  // It counts servers of one's own by what they have to do.
  ...(region.replicas.length > 0 && {workloadAutoScalerProfile: {keda: {enabled: true}}}),
  // No pod uses a disk.
  storageProfile: {
    blobCSIDriver: {enabled: false},
    diskCSIDriver: {enabled: false},
    fileCSIDriver: {enabled: false},
    snapshotController: {enabled: false},
  },
  autoUpgradeProfile: {upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage"},
});

/**
 * Who reaches the API server. A private one takes no ranges: the network decides. Its address is told by public DNS
 * too, so that a network that is peered, or a runner in it, needs no zone of the cluster's.
 * https://learn.microsoft.com/azure/aks/private-clusters
 */
function apiServer({cluster, access}: Region) {
  if (cluster.private)
    return {
      apiServerAccessProfile: {
        enablePrivateCluster: true,
        enablePrivateClusterPublicFQDN: true,
        privateDNSZone: "system",
      },
    };
  return access && {apiServerAccessProfile: {authorizedIPRanges: [...access]}};
}

/** https://learn.microsoft.com/azure/aks/egress-outboundtype */
const outboundTypes: Readonly<Record<Region["outbound"], string>> = {
  loadBalancer: "loadBalancer",
  nat: "userAssignedNATGateway",
  routes: "userDefinedRouting",
};

const networkProfile = {
  networkPlugin: "azure",
  networkPluginMode: "overlay",
  networkDataplane: "cilium",
  networkPolicy: "cilium",
  loadBalancerSku: "standard",
  podCidr: clusterAddresses.pods,
  serviceCidr: clusterAddresses.services,
  dnsServiceIP: clusterAddresses.dns,
};

/** Secrets are mounted as files. A rotation in the vault reaches pods within two minutes. */
const secretsProvider = {
  enabled: true,
  config: {enableSecretRotation: "true", rotationPollInterval: "2m"},
};

/**
 * Its sensor runs on every node: https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-architecture
 * AKS keeps what it is not told of, and a company's plan puts the sensor there by itself: no word of it leaves it as it is.
 */
function defenderProfile({cluster: {defender: enabled}}: Region, logsId: Output<string>) {
  if (enabled === undefined) return {};
  const workspace = enabled ? {logAnalyticsWorkspaceResourceId: logsId} : {};
  return {defender: {...workspace, securityMonitoring: {enabled}}};
}

/** As with Defender: an assignment of the company's may have put it there. */
const policyAddon = ({cluster: {azurePolicy: enabled}}: Region) =>
  enabled === undefined ? {} : {azurepolicy: {enabled}};

/** Authenticates with the cluster's identity, not with the workspace's key. */
const containerLogs = (logsId: Output<string>) => ({
  enabled: true,
  config: {logAnalyticsWorkspaceResourceID: logsId, useAADAuth: "true"},
});
