import {type Demand, partsOf, type ResourcePolicy, type Scope} from "./policy.ts";

/** The types of resources that Azure takes tags of. */
export const taggedTypes: readonly string[] = [
  ...["alertsmanagement:PrometheusRuleGroup", "cognitiveservices:Account"],
  ...["cognitiveservices:Deployment", "cognitiveservices:RaiPolicy"],
  ...["compute:DiskEncryptionSet", "containerregistry:Registry"],
  ...["containerregistry:Replication", "containerservice:AgentPool"],
  ...["containerservice:ManagedCluster", "dns:Zone", "keyvault:Secret", "keyvault:Vault"],
  ...["managedidentity:UserAssignedIdentity", "monitor:AzureMonitorWorkspace"],
  ...["monitor:DataCollectionEndpoint", "monitor:DataCollectionRule"],
  ...["network:FlowLog", "network:NatGateway"],
  ...["network:NetworkSecurityGroup", "network:PrivateEndpoint", "network:PublicIPAddress"],
  ...["network:VirtualNetwork", "operationalinsights:Workspace", "privatedns:PrivateZone"],
  ...["privatedns:VirtualNetworkLink", "resources:ResourceGroup"],
  ...["storage:StorageAccount", "trafficmanager:Profile"],
].map((type) => `azure-native:${type}`);

const isTagged = new Set(taggedTypes);

/** Whose a resource is can be read off it. */
export const tags: ResourcePolicy = {
  name: "tags",
  why: "Bills, alerts and whoever finds a resource in the portal tell by its tags whose it is.",
  mend: "spread `where` of createGroup (infra/azure/group.ts) into its arguments.",
  demandsOf: (type) => (isTagged.has(type) ? [owned] : []),
};

const owned: Demand = {
  path: ["tags"],
  wants: "the tags of regions.yaml's `service.tags`, `meridian-service`, `stack` and `managed-by`",
  holds: (value, scope) =>
    Object.entries(tagsOf(scope)).every(([name, text]) => partsOf(value)[name] === text),
};

/** Those of createGroup. */
const tagsOf = ({world: {service}, stack}: Scope): Readonly<Record<string, string>> => ({
  ...service.tags,
  "meridian-service": service.name,
  stack,
  "managed-by": "pulumi",
});
