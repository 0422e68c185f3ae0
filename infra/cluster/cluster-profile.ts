import type {Output} from "@pulumi/pulumi";
import {clusterAddresses} from "../../regions/addresses.ts";
import type {Region} from "../../regions/world.ts";

export interface ClusterParts {
  readonly region: Region;
  /** The id of the log workspace. */
  readonly logsId: Output<string>;
}

/** A region's cluster settings, apart from its name, nodes and identity. */
export const clusterProfile = ({region: {cluster, access}, logsId}: ClusterParts) => ({
  kubernetesVersion: cluster.version,
  // Standard has an uptime SLA and an API server that scales.
  sku: {name: "Base", tier: cluster.tier === "free" ? "Free" : "Standard"},
  networkProfile,
  ...(access && {apiServerAccessProfile: {authorizedIPRanges: [...access]}}),
  // People sign in with Entra, and Azure roles decide what they may do.
  aadProfile: {managed: true, enableAzureRBAC: true},
  disableLocalAccounts: true,
  oidcIssuerProfile: {enabled: true},
  securityProfile: {
    workloadIdentity: {enabled: true},
    imageCleaner: {enabled: true, intervalHours: 168},
  },
  addonProfiles: {
    azureKeyvaultSecretsProvider: secretsProvider,
    omsagent: containerLogs(logsId),
  },
  azureMonitorProfile: {metrics: {enabled: true}},
  // No pod uses a disk.
  storageProfile: {
    blobCSIDriver: {enabled: false},
    diskCSIDriver: {enabled: false},
    fileCSIDriver: {enabled: false},
    snapshotController: {enabled: false},
  },
  autoUpgradeProfile: {upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage"},
});

const networkProfile = {
  networkPlugin: "azure",
  networkPluginMode: "overlay",
  networkDataplane: "cilium",
  networkPolicy: "cilium",
  loadBalancerSku: "standard",
  outboundType: "loadBalancer",
  podCidr: clusterAddresses.pods,
  serviceCidr: clusterAddresses.services,
  dnsServiceIP: clusterAddresses.dns,
};

/** Secrets are mounted as files. A rotation in the vault reaches pods within two minutes. */
const secretsProvider = {
  enabled: true,
  config: {enableSecretRotation: "true", rotationPollInterval: "2m"},
};

/** Authenticates with the cluster's identity, not with the workspace's key. */
const containerLogs = (logsId: Output<string>) => ({
  enabled: true,
  config: {logAnalyticsWorkspaceResourceID: logsId, useAADAuth: "true"},
});
