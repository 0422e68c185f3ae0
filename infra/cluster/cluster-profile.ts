import type {Output} from "@pulumi/pulumi";
import {clusterAddresses} from "../../regions/addresses.ts";
import type {Region} from "../../regions/world.ts";

export interface ClusterParts {
  readonly region: Region;
  /** The log workspace. */
  readonly logsId: Output<string>;
}

/** What a region's cluster is like, apart from its name, its nodes and its identity. */
export const clusterProfile = ({region: {cluster, access}, logsId}: ClusterParts) => ({
  kubernetesVersion: cluster.version,
  // Standard: an uptime agreement, and an API server that scales.
  sku: {name: "Base", tier: "Standard"},
  networkProfile,
  ...(access && {apiServerAccessProfile: {authorizedIPRanges: [...access]}}),
  // People come by Entra, and Azure's roles say what they may do.
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
  // No pod has a disk.
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

/** Secrets are files: rotated in the vault, they change in the pods within two minutes. */
const secretsProvider = {
  enabled: true,
  config: {enableSecretRotation: "true", rotationPollInterval: "2m"},
};

/** By the cluster's own identity, not by the workspace's key. */
const containerLogs = (logsId: Output<string>) => ({
  enabled: true,
  config: {logAnalyticsWorkspaceResourceID: logsId, useAADAuth: "true"},
});
