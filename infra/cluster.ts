import * as azure from "@pulumi/azure-native/containerservice/index.js";
import * as identity from "@pulumi/azure-native/managedidentity/index.js";
import * as monitor from "@pulumi/azure-native/monitor/index.js";
import {Namespace} from "@pulumi/kubernetes/core/v1/namespace.js";
import {Provider} from "@pulumi/kubernetes/provider.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Output,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import type {Region, World} from "../regions/world.ts";
import type {Where} from "./group.ts";
import {clusterName, nodeGroupName} from "./names.ts";
import {addresses} from "./network.ts";
import {systemPool, userPool} from "./nodes.ts";
import {grant} from "./roles.ts";

export interface ClusterArgs {
  readonly world: World;
  readonly region: Region;
  readonly groupId: Output<string>;
  readonly where: Where;
  readonly nodesSubnetId: Output<string>;
  /** Where nodes pull images from. */
  readonly registryId: Output<string>;
  /** The log workspace. */
  readonly logsId: Output<string>;
}

const VERSION = "1.34";
export const NAMESPACE = "meridian";

/** A region's AKS cluster, with the one namespace that everything of the service is in. */
export class Cluster extends ComponentResource {
  readonly oidcIssuer: Output<string>;
  readonly provider: Provider;
  readonly namespace: Output<string>;

  constructor(name: string, args: ClusterArgs, options?: ComponentResourceOptions) {
    super("meridian:Cluster", name, {}, options);
    const self = createIdentity(args, this);
    const network = grantNetwork(args, self, this);
    const cluster = createCluster(args, self, {parent: this, dependsOn: [network]});
    const users = createUserPool(args, cluster, this);
    const pull = grantPull(args, cluster, this);
    sendLogs(args, cluster, this);
    const provider = createProvider(args, cluster, this);
    const namespace = createNamespace({parent: this, provider, dependsOn: [users, pull]});
    this.oidcIssuer = cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
    this.provider = provider;
    this.namespace = namespace.metadata.name;
    this.registerOutputs();
  }
}

function createIdentity({where}: ClusterArgs, parent: Cluster) {
  const args = {...where, resourceName: "cluster"};
  return new identity.UserAssignedIdentity("identity", args, {parent});
}

/** To join its nodes to our subnet and its load balancer to our public address, both in this group. */
function grantNetwork(
  {region, groupId}: ClusterArgs,
  self: identity.UserAssignedIdentity,
  parent: Cluster,
) {
  const role = "Network Contributor";
  const scope = `${region.name}/cluster`;
  return grant("network", {role, to: self.principalId, on: groupId, scope}, {parent});
}

function createCluster(
  {world, region, where, nodesSubnetId}: ClusterArgs,
  self: identity.UserAssignedIdentity,
  options: {parent: Cluster; dependsOn: Resource[]},
) {
  const name = clusterName(world, region);
  return new azure.ManagedCluster(
    "cluster",
    {
      ...where,
      resourceName: name,
      dnsPrefix: name,
      nodeResourceGroup: nodeGroupName(world, region),
      kubernetesVersion: VERSION,
      sku: {name: "Base", tier: "Standard"},
      identity: {type: "UserAssigned", userAssignedIdentities: [self.id]},
      agentPoolProfiles: [systemPool(region, nodesSubnetId)],
      networkProfile,
      oidcIssuerProfile: {enabled: true},
      securityProfile: {workloadIdentity: {enabled: true}},
      addonProfiles: {azureKeyvaultSecretsProvider: secretsProvider},
      autoUpgradeProfile: {upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage"},
    },
    options,
  );
}

const networkProfile = {
  networkPlugin: "azure",
  networkPluginMode: "overlay",
  networkDataplane: "cilium",
  networkPolicy: "cilium",
  loadBalancerSku: "standard",
  podCidr: addresses.pods,
  serviceCidr: addresses.services,
  dnsServiceIP: addresses.clusterDns,
};

/** Secrets are files: rotated in the vault, they change in the pods within two minutes. */
const secretsProvider = {
  enabled: true,
  config: {enableSecretRotation: "true", rotationPollInterval: "2m"},
};

function createUserPool(
  {region, where, nodesSubnetId}: ClusterArgs,
  cluster: azure.ManagedCluster,
  parent: Cluster,
) {
  const pool = userPool(region, nodesSubnetId);
  // How many there are is the autoscaler's, once the pool is there.
  const options = {parent, ignoreChanges: ["count"]};
  return new azure.AgentPool("users", {...where, ...pool, resourceName: cluster.name}, options);
}

function grantPull(
  {region, registryId}: ClusterArgs,
  cluster: azure.ManagedCluster,
  parent: Cluster,
) {
  const kubelet = cluster.identityProfile.apply((all) => all?.kubeletidentity?.objectId ?? "");
  const scope = `${region.name}/cluster`;
  return grant("pull", {role: "AcrPull", to: kubelet, on: registryId, scope}, {parent});
}

function sendLogs({logsId}: ClusterArgs, cluster: azure.ManagedCluster, parent: Cluster) {
  const logs = ["kube-audit-admin", "guard", "cluster-autoscaler"].map((category) => ({
    category,
    enabled: true,
  }));
  const args = {name: "logs", resourceUri: cluster.id, workspaceId: logsId, logs};
  return new monitor.DiagnosticSetting("logs", args, {parent});
}

function createProvider({where}: ClusterArgs, cluster: azure.ManagedCluster, parent: Cluster) {
  const credentials = azure.listManagedClusterUserCredentialsOutput(
    {resourceGroupName: where.resourceGroupName, resourceName: cluster.name},
    {parent},
  );
  const kubeconfig = credentials.apply(({kubeconfigs}) => decode(kubeconfigs[0]?.value ?? ""));
  return new Provider(
    "kubernetes",
    {
      kubeconfig: secret(kubeconfig),
      // Credentials change; only another cluster makes another provider of it.
      clusterIdentifier: cluster.id,
      // A changed policy is a changed ConfigMap, not another one: pods reload it.
      enableConfigMapMutable: true,
    },
    {parent},
  );
}

const decode = (base64: string) => Buffer.from(base64, "base64").toString();

function createNamespace(options: {parent: Cluster; provider: Provider; dependsOn: Resource[]}) {
  const labels = {"pod-security.kubernetes.io/enforce": "restricted"};
  return new Namespace("namespace", {metadata: {name: NAMESPACE, labels}}, options);
}
