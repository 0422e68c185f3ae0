import type {Inputs, Resource} from "../../cloud/cloud.ts";
import {roles} from "../../infra/azure/roles.ts";

/** What a reviewer wants to know of a resource: its name, what it is like, and what it holds, a line each. */
export interface Highlight {
  readonly name: string;
  readonly facts: readonly string[];
  readonly lines?: readonly string[];
}

type Describe = (
  at: (path: string) => string,
  inputs: Inputs,
) => Omit<Highlight, "name"> | readonly string[];

/** Of a resource that has been masked. Types that are not described show their name alone. */
export function highlight({type, name, id, inputs}: Resource): Highlight {
  const at = (path: string) => show(valueAt(inputs, path));
  const described = describers[type]?.(at, inputs) ?? [];
  const {facts, lines} = Array.isArray(described) ? {facts: described} : (described as Highlight);
  const ownName = id.split("/").at(-1) || name;
  return {
    name: isGuid(ownName) ? name : ownName,
    facts: facts.filter(Boolean),
    ...(lines && {lines}),
  };
}

const describers: Readonly<Record<string, Describe>> = {
  "azure-native:resources:ResourceGroup": (at) => [at("location")],
  "azure-native:operationalinsights:Workspace": (at) => [`kept ${at("retentionInDays")} days`],
  "azure-native:containerregistry:Registry": (at) => [at("sku.name"), at("location")],
  "azure-native:containerregistry:TaskRun": (at) => [`builds ${at("runRequest.imageNames")}`],
  "azure-native:storage:StorageAccount": (at) => [at("sku.name")],
  "azure-native:network:VirtualNetwork": (at, inputs) => [
    at("addressSpace.addressPrefixes"),
    ...list(inputs.subnets).map(({name, addressPrefix}) => `${name} ${addressPrefix}`),
  ],
  "azure-native:network:PrivateEndpoint": (at) => [
    `to ${at("privateLinkServiceConnections.0.privateLinkServiceId").split("/").slice(-2).join("/")}`,
  ],
  "azure-native:privatedns:VirtualNetworkLink": (at) => [at("privateZoneName")],
  "azure-native:network:NetworkSecurityGroup": (_, inputs) =>
    list(inputs.securityRules).map(
      (rule) => `${rule.access} ${rule.destinationPortRange} from ${rule.sourceAddressPrefix}`,
    ),
  "azure-native:network:PublicIPAddress": (at) => [
    `${at("dnsSettings.domainNameLabel")}.${at("location")}.cloudapp.azure.com`,
    zones(at("zones")),
  ],
  "azure-native:cognitiveservices:Account": (at) => [
    `${at("kind")} ${at("sku.name")}`,
    `${at("properties.customSubDomainName")}.openai.azure.com`,
    at("properties.publicNetworkAccess") === "Disabled" ? "reached privately alone" : "",
    at("properties.disableLocalAuth") === "true" ? "no keys" : "",
  ],
  "azure-native:cognitiveservices:Deployment": (at) => [
    `${at("properties.model.name")} ${at("properties.model.version")}`,
    `${at("sku.name")} ${at("sku.capacity")}`,
  ],
  "azure-native:keyvault:Vault": (at) => [
    at("properties.networkAcls.defaultAction") === "Deny" ? "from given addresses alone" : "",
  ],
  "azure-native:keyvault:Secret": (at) => [at("properties.value")],
  "azure-native:authorization:RoleAssignment": (at) => [
    `${roleName(at("roleDefinitionId"))} on ${at("scope").split("/").slice(-2).join("/")}`,
  ],
  "azure-native:managedidentity:FederatedIdentityCredential": (at) => [at("subject")],
  "azure-native:containerservice:ManagedCluster": (at) => [
    `Kubernetes ${at("kubernetesVersion")}`,
    `system ${at("agentPoolProfiles.0.minCount")}-${at("agentPoolProfiles.0.maxCount")} x ${at("agentPoolProfiles.0.vmSize")}`,
    zones(at("agentPoolProfiles.0.availabilityZones")),
  ],
  "azure-native:containerservice:AgentPool": (at) => [
    `${at("minCount")}-${at("maxCount")} x ${at("vmSize")}`,
    zones(at("availabilityZones")),
  ],
  "azure-native:containerservice:MaintenanceConfiguration": (at) => [
    at("maintenanceWindow.schedule.weekly.dayOfWeek"),
    `${at("maintenanceWindow.startTime")} ${at("maintenanceWindow.utcOffset")}`,
    `${at("maintenanceWindow.durationHours")} hours`,
  ],
  "azure-native:monitor:DataCollectionRule": (at) => [at("dataFlows.0.streams")],
  "azure-native:monitor:DiagnosticSetting": (_, inputs) => [
    list(inputs.logs)
      .map(({category}) => String(category))
      .join(", "),
  ],
  "azure-native:dns:RecordSet": (at) => [
    `${at("recordType")} ${at("cnameRecord.cname")}`,
    `${at("ttl")} s`,
  ],
  "azure-native:trafficmanager:Profile": (at, inputs) => ({
    facts: [
      at("trafficRoutingMethod"),
      `${at("dnsConfig.ttl")} s`,
      `${at("monitorConfig.protocol")} ${at("monitorConfig.path")}`,
    ],
    lines: list(inputs.endpoints).map(endpoint),
  }),
  "kubernetes:core/v1:ConfigMap": (_, inputs) => Object.keys(inputs.data as object),
  "kubernetes:core/v1:Service": (at) => [
    at("spec.type") || "headless",
    `${at("spec.ports.0.port")} to ${at("spec.ports.0.targetPort")}`,
  ],
  "kubernetes:apps/v1:Deployment": (at) => [
    `${at("spec.replicas")} x ${at("spec.template.spec.containers.0.image")}`,
    `${at("spec.template.spec.containers.0.resources.requests.cpu")} CPU`,
    at("spec.template.spec.containers.0.resources.requests.memory"),
  ],
  "kubernetes:batch/v1:Job": (at) => [at("spec.template.spec.containers.0.image")],
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": (at) => [
    `${at("spec.minReplicas")}-${at("spec.maxReplicas")} pods`,
    `at ${at("spec.metrics.0.resource.target.averageUtilization")} % CPU`,
  ],
  "kubernetes:policy/v1:PodDisruptionBudget": (at) => [
    `${at("spec.maxUnavailable")} down at a time`,
  ],
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": (_, inputs) => ({
    facts: [],
    lines: policyLines(inputs.spec as {ingress?: Inputs[]; egress?: Inputs[]}),
  }),
  "kubernetes:azmonitoring.coreos.com/v1:PodMonitor": (at) => [
    `${at("spec.podMetricsEndpoints.0.path")} every ${at("spec.podMetricsEndpoints.0.interval")}`,
  ],
  "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass": (at) =>
    [...at("spec.parameters.objects").matchAll(/objectName: (\S+)[\s\S]*?objectAlias: (\S+)/g)].map(
      ([, secret, file]) => (secret === file ? `${file}` : `${file} from ${secret}`),
    ),
};

/** What may come in and go out, a line each. */
function policyLines({ingress = [], egress = []}: {ingress?: Inputs[]; egress?: Inputs[]}) {
  const lines = [
    ...ingress.map(({from, ports}) => `in ${portsOf(ports)} from ${peersOf(from)}`),
    ...egress.map(({to, ports}) => `out ${portsOf(ports)} to ${peersOf(to)}`),
  ];
  return lines.length > 0 ? lines : ["nothing in, nothing out"];
}

const portsOf = (ports: unknown) => [...new Set(list(ports).map(({port}) => `${port}`))].join(" ");

function peersOf(peers: unknown): string {
  const names = list(peers).map(({podSelector, ipBlock}) => {
    const {cidr, except} = (ipBlock ?? {}) as {cidr?: string; except?: string[]};
    if (cidr) return except ? `${cidr} but ${except.join(", ")}` : cidr;
    return Object.values(valueAt(podSelector, "matchLabels") as object).join(" ");
  });
  return names.join(", ") || "anyone";
}

function endpoint(endpoint: Inputs): string {
  const target = endpoint.target ?? String(endpoint.targetResourceId).split("/").at(-1);
  const facts = [
    endpoint.weight && `weight ${endpoint.weight}`,
    endpoint.priority && `priority ${endpoint.priority}`,
    list(endpoint.geoMapping).join(" "),
  ];
  return [`${target}`, ...facts.filter(Boolean)].join("  ");
}

const roleName = (definition: string) =>
  Object.entries(roles).find(([, id]) => definition.endsWith(id))?.[0] ?? definition;

const zones = (numbers: string) => numbers && `zones ${numbers}`;

const isGuid = (name: string) => /^[\da-f]{8}-[\da-f-]{27}$/.test(name);

const list = (value: unknown) => (Array.isArray(value) ? value : []) as Inputs[];

/** A dot within a key is written with a backslash. */
function valueAt(tree: unknown, path: string): unknown {
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));
  return keys.reduce<unknown>((tree, key) => (tree as Inputs | undefined)?.[key], tree);
}

const show = (value: unknown) =>
  Array.isArray(value) ? value.join(" ") : value === undefined ? "" : String(value);
