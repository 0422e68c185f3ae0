/** What is missed while a resource of a type is not there. */
export interface Loss {
  /** What is gone with it. */
  readonly text: string;
  /** Whether somebody who types notices. */
  readonly serves: boolean;
  /** Whether a stack without it is no stack: nothing that regions.yaml asks for takes its place. */
  readonly sole?: boolean;
}

const serving = (text: string): Loss => ({text, serves: true});
const sole = (text: string): Loss => ({text, serves: true, sole: true});
const spare = (text: string): Loss => ({text, serves: false});

/** By type of resource. */
export const losses: Readonly<Record<string, Loss>> = {
  "azure-native:resources:ResourceGroup": sole("everything in the group"),
  "azure-native:authorization:RoleAssignment": serving(
    "a right that pods or nodes work by; a new one takes minutes to hold",
  ),
  "azure-native:managedidentity:UserAssignedIdentity": serving("who the pods are in Entra"),
  "azure-native:managedidentity:FederatedIdentityCredential": serving("who the pods are in Entra"),

  "azure-native:containerregistry:Registry": sole("every image"),
  "azure-native:containerregistry:Replication": spare("a copy of the images"),
  "azure-native:containerregistry:TaskRun": spare("the record of a build"),
  "azure-native:storage:StorageAccount": spare("what images are built from"),
  "azure-native:storage:BlobContainer": spare("what images are built from"),
  "azure-native:storage:Blob": spare("what an image is built from"),
  "azure-native:operationalinsights:Workspace": {...spare("every log line"), sole: true},
  "azure-native:monitor:AzureMonitorWorkspace": {...spare("every metric"), sole: true},
  "azure-native:alertsmanagement:PrometheusRuleGroup": spare("who is told of an incident"),
  "azure-native:keyvault:Vault": sole("every key and certificate in the vault"),
  "azure-native:keyvault:Secret": serving("a key that signs tokens"),

  "azure-native:network:VirtualNetwork": sole("the network of the nodes and of all they reach"),
  "azure-native:network:NetworkSecurityGroup": serving("what lets users in and keeps others out"),
  "azure-native:network:PrivateEndpoint": serving("the way to a model host, vault or registry"),
  "azure-native:network:PrivateDnsZoneGroup": serving("the name of a private endpoint"),
  "azure-native:network:PublicIPAddress": sole("the address that DNS sends users to"),
  "azure-native:privatedns:PrivateZone": serving("the names of private endpoints"),
  "azure-native:privatedns:VirtualNetworkLink": serving("the names of private endpoints"),

  "azure-native:cognitiveservices:Account": sole("the model host with all its deployments"),
  "azure-native:cognitiveservices:Deployment": serving("capacity of a model"),

  "azure-native:containerservice:ManagedCluster": sole("every node and pod of the region"),
  "azure-native:containerservice:AgentPool": serving("every node that our pods are on"),
  "azure-native:containerservice:MaintenanceConfiguration": spare("when upgrades come"),
  "azure-native:monitor:DataCollectionEndpoint": spare("the cluster's metrics"),
  "azure-native:monitor:DataCollectionRule": spare("the cluster's metrics or log lines"),
  "azure-native:monitor:DataCollectionRuleAssociation": spare("the cluster's metrics or log lines"),
  "azure-native:monitor:DiagnosticSetting": spare("what the API server was asked"),

  "azure-native:dns:Zone": sole("every name in the zone"),
  "azure-native:dns:RecordSet": sole("the hostname"),
  "azure-native:trafficmanager:Profile": serving("where users are sent"),

  "pulumi:providers:kubernetes": serving("everything on the cluster"),
  "kubernetes:core/v1:Namespace": serving("every pod"),
  "kubernetes:core/v1:ConfigMap": serving("the files of a workload"),
  "kubernetes:core/v1:Service": serving("how pods, or the edge, are found"),
  "kubernetes:core/v1:ServiceAccount": serving("who the pods are"),
  "kubernetes:apps/v1:Deployment": serving("every pod of a workload"),
  "kubernetes:batch/v1:Job": spare("the record of a certificate's request"),
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": spare("more pods for more load"),
  "kubernetes:policy/v1:PodDisruptionBudget": spare("what drains nodes a pod at a time"),
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": serving("who may open connections to whom"),
  "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": serving(
    "the secrets of pods that start",
  ),
  "kubernetes:azmonitoring.coreos.com/v1:PodMonitor": spare("what pods count"),
};

/** Of a type that is no longer in any stack nothing is known: it is taken to be missed. */
export const lossOf = (type: string): Loss => losses[type] ?? serving("what it was for");
