import * as azure from "@pulumi/azure-native/containerservice/index.js";
import {Namespace} from "@pulumi/kubernetes/core/v1/namespace.js";
import {NetworkPolicy} from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import {Provider} from "@pulumi/kubernetes/provider.js";
import type {
  ComponentResourceOptions,
  CustomResourceOptions,
  Output,
  Resource,
} from "@pulumi/pulumi";
import {cloudAt} from "../../regions/clouds/clouds.ts";
import {isInternal} from "../../regions/names.ts";
import type {Region, World} from "../../regions/world.ts";
import {nameOf} from "../azure/arm-id.ts";
import {grant} from "../azure/grant.ts";
import type {Where} from "../azure/group.ts";
import {createIdentity, type Identity} from "../azure/identity.ts";
import {Monitoring} from "../azure/monitoring.ts";
import {clusterName, nodeGroupName} from "../azure/names.ts";
import {Component} from "../component.ts";
import {createDiskEncryption, grantEtcd} from "./cluster-encryption.ts";
import {type ClusterParts, clusterProfile} from "./cluster-profile.ts";
import {loginKubeconfig} from "./kubeconfig.ts";
import {windowOf} from "./maintenance.ts";
import {systemPool, userPool} from "./nodes.ts";

export interface ClusterArgs extends ClusterParts {
  readonly world: World;
  readonly groupId: Output<string>;
  readonly where: Where;
  /** The tenant that its users sign in to. */
  readonly tenantId: string;
  readonly nodesSubnetId: Output<string>;
  /** The registry that nodes pull images from. */
  readonly registryId: Output<string>;
  /** The id of the Azure Monitor workspace. */
  readonly metricsId: Output<string>;
}

export const NAMESPACE = "meridian";

/** A region's AKS cluster, with one namespace for the whole service. */
export class Cluster extends Component {
  readonly oidcIssuer: Output<string>;
  readonly clusterName: Output<string>;
  /** The object id of the identity that it acts as in Azure. */
  readonly principalId: Output<string>;
  readonly provider: Provider;
  readonly namespace: Output<string>;

  constructor(name: string, args: ClusterArgs, options?: ComponentResourceOptions) {
    super("Cluster", name, options);
    const self = createIdentity("identity", {where: args.where, resourceName: "cluster"}, this);
    const network = grantNetwork(args, self, this);
    const etcd = grantEtcd(args, self.principalId, this);
    const cluster = createCluster(args, self, {parent: this, dependsOn: [...network, ...etcd]});
    const users = createUserPool(args, cluster, this);
    const made = readCluster(args, cluster, this);
    const pull = grantPull(args, made, this);
    grantAdmins(args, cluster, this);
    createWindows(args, cluster, this);
    new Monitoring("monitoring", {...args, clusterId: cluster.id}, {parent: this});
    const provider = createProvider(args, cluster, this);
    const namespace = createNamespace({parent: this, provider, dependsOn: [users, pull]});
    denyByDefault({parent: this, provider}, namespace);
    this.oidcIssuer = made.apply(({oidcIssuerProfile}) => oidcIssuerProfile?.issuerURL ?? "");
    this.clusterName = nameOf(cluster);
    this.principalId = self.principalId;
    this.provider = provider;
    this.namespace = namespace.metadata.name;
    this.registerOutputs({oidcIssuer: this.oidcIssuer, namespace: this.namespace});
  }
}

/**
 * Lets the cluster put nodes into its subnet (https://learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites),
 * and find the edge's public address, which it does by listing those of the group: https://github.com/Azure/AKS/issues/921.
 * The edge grants what it takes to use that one. Who changes nodes reads what encrypts their disks, which is there too:
 * https://github.com/openshift/openshift-docs/pull/52550
 */
function grantNetwork(
  {region, groupId, nodesSubnetId}: ClusterArgs,
  {principalId}: Identity,
  parent: Cluster,
): Resource[] {
  const to = {to: principalId, scope: `${region.name}/cluster`};
  return [
    ...(readsGroup(region)
      ? [grant("addresses", {role: "Reader", on: groupId, ...to}, {parent})]
      : []),
    grant("nodes", {role: "Network Contributor", on: nodesSubnetId, ...to}, {parent}),
  ];
}

const readsGroup = (region: Region) =>
  !isInternal(region) || region.encryption?.of.includes("nodes") === true;

function createCluster(
  args: ClusterArgs,
  self: Identity,
  options: {parent: Cluster; dependsOn: Resource[]},
) {
  const {world, region, where, nodesSubnetId} = args;
  const disks = createDiskEncryption(args, options.parent);
  const name = clusterName(world, region);
  return new azure.ManagedCluster(
    "cluster",
    {
      ...where,
      ...clusterProfile(args),
      resourceName: name,
      dnsPrefix: name,
      nodeResourceGroup: nodeGroupName(world, region),
      identity: {type: "UserAssigned", userAssignedIdentities: [self.id]},
      ...(disks && {diskEncryptionSetID: disks.id}),
      agentPoolProfiles: [systemPool(region, nodesSubnetId)],
    },
    // The autoscaler changes the count.
    {...options, ignoreChanges: ["agentPoolProfiles[0].count"]},
  );
}

function createUserPool(
  {region, where, nodesSubnetId}: ClusterArgs,
  cluster: azure.ManagedCluster,
  parent: Cluster,
) {
  const pool = userPool(region, nodesSubnetId);
  const options = {parent, ignoreChanges: ["count"]};
  return new azure.AgentPool("users", {...where, ...pool, resourceName: nameOf(cluster)}, options);
}

/** What AKS has made, as it is: a preview of a change to the cluster knows none of its outputs. */
function readCluster({where}: ClusterArgs, cluster: azure.ManagedCluster, parent: Cluster) {
  return azure.getManagedClusterOutput(
    {resourceGroupName: where.resourceGroupName, resourceName: nameOf(cluster)},
    {parent, dependsOn: cluster},
  );
}

function grantPull(
  {region, registryId}: ClusterArgs,
  made: ReturnType<typeof readCluster>,
  parent: Cluster,
) {
  const kubelet = made.apply(
    ({identityProfile}) => identityProfile?.kubeletidentity?.objectId ?? "",
  );
  const scope = `${region.name}/cluster`;
  return grant("pull", {role: "AcrPull", to: kubelet, on: registryId, scope}, {parent});
}

function grantAdmins({region}: ClusterArgs, cluster: azure.ManagedCluster, parent: Cluster) {
  const role = "Azure Kubernetes Service RBAC Cluster Admin";
  const scope = `${region.name}/cluster`;
  for (const to of region.cluster.admins)
    grant(`admin-${to}`, {role, to, kind: "Group", on: cluster.id, scope}, {parent});
}

/** One for Kubernetes and one for the nodes' OS: https://learn.microsoft.com/azure/aks/planned-maintenance */
function createWindows(
  {region, where}: ClusterArgs,
  cluster: azure.ManagedCluster,
  parent: Cluster,
) {
  const {day, startTime, utcOffset} = windowOf(region);
  const schedule = {weekly: {dayOfWeek: day, intervalWeeks: 1}};
  for (const configName of ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"])
    new azure.MaintenanceConfiguration(
      configName,
      {
        resourceGroupName: where.resourceGroupName,
        resourceName: nameOf(cluster),
        configName,
        maintenanceWindow: {schedule, startTime, utcOffset, durationHours: 4},
      },
      {parent},
    );
}

function createProvider(
  {region, where, tenantId}: ClusterArgs,
  cluster: azure.ManagedCluster,
  parent: Cluster,
) {
  const credentials = azure.listManagedClusterUserCredentialsOutput(
    {
      resourceGroupName: where.resourceGroupName,
      resourceName: nameOf(cluster),
      // The name that public DNS answers with the private address.
      ...(region.cluster.private && {serverFqdn: "public"}),
    },
    {parent, dependsOn: cluster},
  );
  return new Provider(
    "kubernetes",
    {
      kubeconfig: credentials.apply(({kubeconfigs}) =>
        loginKubeconfig(decode(kubeconfigs[0]?.value), {tenantId, cloud: cloudAt(region.name)}),
      ),
      // Replace the provider only when the cluster is replaced, not when its credentials change.
      clusterIdentifier: cluster.id,
      // Update ConfigMaps in place: pods reload the policy.
      enableConfigMapMutable: true,
    },
    {parent},
  );
}

const decode = (base64 = "") => Buffer.from(base64, "base64").toString();

function createNamespace(options: {parent: Cluster; provider: Provider; dependsOn: Resource[]}) {
  const standard = "pod-security.kubernetes.io";
  const labels = {[`${standard}/enforce`]: "restricted", [`${standard}/warn`]: "restricted"};
  return new Namespace("namespace", {metadata: {name: NAMESPACE, labels}}, options);
}

/** Denies everything that no workload's policy allows. */
function denyByDefault(options: CustomResourceOptions, {metadata}: Namespace) {
  const spec = {podSelector: {}, policyTypes: ["Ingress", "Egress"]};
  return new NetworkPolicy(
    "deny",
    {metadata: {name: "deny", namespace: metadata.name}, spec},
    options,
  );
}
