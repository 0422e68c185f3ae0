import type {Inputs, Resource} from "../../cloud/cloud.ts";

/** Why a type of resource is there, and what one of it costs. */
export interface Reason {
  readonly why: string;
  /** US dollars a month; what it costs by use is in `use`. */
  readonly dollars?: number | ((inputs: Inputs) => number);
  /** What is paid by use. */
  readonly use?: string;
}

/** A vCPU of a general-purpose node with its disk, paid as you go. */
const VCPU_DOLLARS = 41;

/** `Standard_D4ds_v5` has four. */
const vcpusOf = (size: unknown) => Number(/^Standard_[A-Z]+(\d+)/.exec(String(size))?.[1] ?? 0);

const poolDollars = ({minCount, count, vmSize}: Inputs) =>
  Number(minCount ?? count ?? 0) * vcpusOf(vmSize) * VCPU_DOLLARS;

const free = (why: string): Reason => ({why});

/**
 * By type. Prices: https://azure.microsoft.com/pricing, list prices of East US 2, rounded: they tell
 * tens from thousands and nothing more.
 */
export const reasons: Readonly<Record<string, Reason>> = {
  "azure-native:resources:ResourceGroup": free("holds the stack's resources: they end with it"),
  "azure-native:authorization:RoleAssignment": free(
    "what one identity may do on one resource, and no more",
  ),
  "azure-native:managedidentity:UserAssignedIdentity": free(
    "who a workload, or the cluster, is in Entra",
  ),
  "azure-native:managedidentity:FederatedIdentityCredential": free(
    "lets one service account of the cluster be that identity, without a secret",
  ),

  "azure-native:containerregistry:Registry": {
    why: "keeps the image; Premium for replications and private endpoints",
    dollars: 50,
  },
  "azure-native:containerregistry:Replication": {
    why: "a copy of the image in a region: none pulls across an ocean, or from a lost one",
    dollars: 50,
  },
  "azure-native:containerregistry:TaskRun": {
    why: "builds the image, once for each content",
    use: "cents a build",
  },
  "azure-native:storage:StorageAccount": {why: "holds what images are built from", use: "cents"},
  "azure-native:storage:BlobContainer": free("the folder of build contexts"),
  "azure-native:storage:Blob": free("one image's bundle and Dockerfile, by hash"),
  "azure-native:operationalinsights:Workspace": {
    why: "keeps what containers write and what the API servers were asked",
    use: "$2 to $3 a GB",
  },
  "azure-native:monitor:AzureMonitorWorkspace": {
    why: "keeps the metrics of all regions, for PromQL and alerts",
    use: "$0.16 for 10 million samples",
  },
  "azure-native:alertsmanagement:PrometheusRuleGroup": {
    why: "what is recorded of metrics, and what alerts fire: objective, rotation, quota, cancels, keys",
    use: "$0.10 for 1,000 million samples that its rules read",
  },
  "azure-native:keyvault:Vault": {
    why: "keeps secrets and certificates; roles decide who reads which, and nothing is purged",
    use: "$0.03 for 10,000 reads",
  },
  "azure-native:keyvault:Secret": free("a key that signs tokens, or that opens a model host"),

  "azure-native:network:VirtualNetwork": free("the region's own network, joined to no other"),
  "azure-native:network:NetworkSecurityGroup": free(
    "users reach nodes by HTTPS, nodes reach private endpoints, and nothing else comes in",
  ),
  "azure-native:network:PrivateEndpoint": {
    why: "gives a model host, vault or registry an address within the network",
    dollars: 7,
    use: "$0.01 a GB",
  },
  "azure-native:network:PrivateDnsZoneGroup": free("puts that address under the resource's name"),
  "azure-native:network:PublicIPAddress": {
    why: "where DNS sends users: static, in all zones, under a name known before it exists",
    dollars: 4,
    use: "$0.08 a GB sent to users",
  },
  "azure-native:privatedns:PrivateZone": {
    why: "answers for names of private endpoints within the network",
    dollars: 0.5,
  },
  "azure-native:privatedns:VirtualNetworkLink": free("makes the network ask that zone"),

  "azure-native:cognitiveservices:Account": free(
    "the region's model host: no keys, and no way in but its private endpoints",
  ),
  "azure-native:cognitiveservices:Deployment": {
    why: "capacity of one model, of a pinned version; provisioned units are protected",
    use: "tokens, or about $260 a month for each provisioned unit",
  },

  "azure-native:containerservice:ManagedCluster": {
    why: "runs the pods: an API server with an uptime agreement, and nodes for its own pods in all zones",
    dollars: ({agentPoolProfiles}) =>
      73 + (agentPoolProfiles as Inputs[]).reduce((sum, pool) => sum + poolDollars(pool), 0),
  },
  "azure-native:containerservice:AgentPool": {
    why: "nodes for our pods, in all zones, as many as their load asks for; at its least",
    dollars: poolDollars,
  },
  "azure-native:containerservice:MaintenanceConfiguration": free(
    "when Kubernetes and the nodes' system are upgraded: at night, regions on different days",
  ),
  "azure-native:monitor:DataCollectionEndpoint": free("takes the cluster's metrics in"),
  "azure-native:monitor:DataCollectionRule": free("which metrics or logs go to which workspace"),
  "azure-native:monitor:DataCollectionRuleAssociation": free("applies that rule to the cluster"),
  "azure-native:monitor:DiagnosticSetting": free(
    "sends what the API server was asked to the log workspace",
  ),

  "azure-native:dns:Zone": {why: "holds the hostname; protected", dollars: 0.5},
  "azure-native:dns:RecordSet": {
    why: "points the hostname at the root profile",
    use: "$0.40 for a million queries",
  },
  "azure-native:trafficmanager:Profile": {
    why: "the plan: places to rules, rules to pools in order, pools to regions by weight",
    use: "$0.54 for a million queries, $1 a month for each region it probes",
  },

  "pulumi:providers:kubernetes": free("how Pulumi reaches the cluster: as you, by Entra"),
  "kubernetes:core/v1:Namespace": free(
    "holds every pod, under the restricted pod security standard",
  ),
  "kubernetes:core/v1:ConfigMap": free("files of a workload: a policy is read anew, others roll"),
  "kubernetes:core/v1:Service": {
    why: "finds the pods of a workload; the edge's is the load balancer at the public address",
    dollars: ({spec}) => ((spec as Inputs).type === "LoadBalancer" ? 18 : 0),
  },
  "kubernetes:core/v1:ServiceAccount": free(
    "who the pods are in the cluster; no token for its API",
  ),
  "kubernetes:apps/v1:Deployment": {
    why: "the pods: spread over zones, none missing in a rollout",
    use: "their share of the nodes",
  },
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": free("how many pods there are, by CPU"),
  "kubernetes:policy/v1:PodDisruptionBudget": free("nodes are drained a pod at a time"),
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": free(
    "who may open connections to whom; what none of them allows is denied",
  ),
  "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": free(
    "secrets of the vault as files, renewed within two minutes",
  ),
  "kubernetes:azmonitoring.coreos.com/v1:PodMonitor": free(
    "where managed Prometheus reads what pods count",
  ),
};

/** What a resource costs a month before it is used, in US dollars. */
export function dollarsOf({type, inputs}: Resource): number {
  const {dollars = 0} = reasonFor(type);
  return typeof dollars === "number" ? dollars : dollars(inputs);
}

/** Throws for a type without one. */
export function reasonFor(type: string): Reason {
  const reason = reasons[type];
  if (reason) return reason;
  throw new Error(
    `${type} has no reason to be there; give it one in ops/review/purpose-and-price.ts`,
  );
}

/** To two digits. */
export const round = (dollars: number) => Number(dollars.toPrecision(2)).toLocaleString("en-US");
