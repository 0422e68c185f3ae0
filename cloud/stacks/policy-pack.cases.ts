import type {Inputs, Subject} from "../../infra/policy-pack/policy.ts";

/** Values that a policy refuses, by the value's place; undefined is a value that is left out. */
export type Bad = Readonly<Record<string, readonly unknown[]>>;

const RBAC = "kubernetes:rbac.authorization.k8s.io/v1";
const left = undefined;
const switchedOff = [left, true, "false"];
const switchedOn = [left, false, "true"];
const confined = {
  automountServiceAccountToken: switchedOff,
  "securityContext.runAsNonRoot": switchedOn,
  "securityContext.seccompProfile.type": [left, "Unconfined"],
  "securityContext.runAsUser": [0, "0"],
  hostNetwork: [true],
  hostPID: [true],
  hostIPC: [true],
  "volumes.*.hostPath": [{path: "/"}],
};
const open = [left, "Enabled", "enabled", "SecuredByPerimeter"];
const plain = [
  ...["-----BEGIN PRIVATE KEY-----\nMC4C", "AccountKey=abc;"],
  ...["ghp_", "ghr_", "github_pat_"].map((kind) => `${kind}0123456789abcdefghijk`),
];
const inbound = {direction: "Inbound", access: "Allow", protocol: "Tcp"};
const https = {...inbound, destinationPortRange: "443"};
const openRules = [
  {...inbound, destinationPortRange: "22", sourceAddressPrefix: "10.0.0.0/8"},
  {...inbound, destinationPortRange: "*", sourceAddressPrefix: "10.0.0.0/8"},
  {...inbound, direction: "inbound", destinationPortRange: "22"},
  {...inbound, access: "allow", destinationPortRange: "22"},
  {...https, destinationPortRanges: ["22"], sourceAddressPrefix: "10.0.0.0/8"},
  {...https, protocol: "*", sourceAddressPrefix: "10.0.0.0/8"},
  {...https, sourceAddressPrefix: "*"},
  {...https, sourceAddressPrefix: "Internet"},
  {...https, sourceAddressPrefixes: ["10.0.0.0/8", "0.0.0.0/0"]},
  {...https, sourceAddressPrefixes: ["192.0.2.0/24"]},
];
/** What keeps a load balancer without a public address. */
export const INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal";
const allPorts = [left, [], [{protocol: "TCP"}], [{protocol: "TCP", port: 443}, {}]];
const upstream = (url: string) => JSON.stringify({upstreams: {model: {url}}});
/** A filter chain of Envoy's. */
const tls = (params: object, context = "DownstreamTlsContext") => ({
  transport_socket: {
    typed_config: {
      "@type": `type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.${context}`,
      common_tls_context: params,
    },
  },
});
const floor = (version: string) => ({tls_params: {tls_minimum_protocol_version: version}});
const good = tls(floor("TLSv1_2"));
const listening = (...listeners: object[]) => ({static_resources: {listeners}});

/** By policy and type; `pod` and `container` stand for all that pods are made of. */
export const bad: Readonly<Record<string, Readonly<Record<string, Bad>>>> = {
  "no-public-access": {
    "azure-native:cognitiveservices:Account": {
      "properties.publicNetworkAccess": open,
      "properties.networkAcls.defaultAction": [left, "Allow"],
      "properties.networkAcls.ipRules": [[{value: "0.0.0.0/0"}]],
      "properties.networkAcls.virtualNetworkRules": [[{id: "subnet"}]],
    },
    "azure-native:keyvault:Vault": {
      "properties.networkAcls.defaultAction": [left, "Allow"],
      "properties.networkAcls.ipRules.*.value": ["0.0.0.0/0", "192.0.2.0/24"],
      "properties.networkAcls.virtualNetworkRules": [[{id: "subnet"}]],
    },
    "azure-native:containerregistry:Registry": {publicNetworkAccess: []},
    "azure-native:storage:StorageAccount": {
      publicNetworkAccess: open,
      allowBlobPublicAccess: switchedOff,
    },
    "azure-native:operationalinsights:Workspace": {
      publicNetworkAccessForIngestion: [],
      publicNetworkAccessForQuery: [],
    },
    "azure-native:monitor:AzureMonitorWorkspace": {publicNetworkAccess: []},
    "azure-native:monitor:DataCollectionEndpoint": {"networkAcls.publicNetworkAccess": []},
    "azure-native:containerservice:ManagedCluster": {
      "apiServerAccessProfile.enablePrivateCluster": [left, false],
      "apiServerAccessProfile.authorizedIPRanges": [["0.0.0.0/0"], ["203.0.113.0/24", "0.0.0.0/0"]],
      "agentPoolProfiles.*.enableNodePublicIP": [true],
    },
    "azure-native:containerservice:AgentPool": {enableNodePublicIP: [true]},
    "azure-native:network:NetworkSecurityGroup": {
      "securityRules.*": openRules,
    },
    "azure-native:network:SecurityRule": {"": openRules},
    "kubernetes:core/v1:Service": {
      "spec.type": ["NodePort", "ExternalName"],
      "spec.externalIPs": [["192.0.2.1"]],
      [`metadata.annotations.${INTERNAL}`]: [left, "false", true],
    },
  },
  "no-keys": {
    "azure-native:cognitiveservices:Account": {"properties.disableLocalAuth": switchedOn},
    "azure-native:keyvault:Vault": {
      "properties.enableRbacAuthorization": switchedOn,
      "properties.accessPolicies": [[{objectId: "somebody"}]],
    },
    "azure-native:containerregistry:Registry": {
      adminUserEnabled: switchedOff,
      anonymousPullEnabled: switchedOff,
    },
    "azure-native:storage:StorageAccount": {allowSharedKeyAccess: switchedOff},
    "azure-native:operationalinsights:Workspace": {"features.disableLocalAuth": switchedOn},
    "azure-native:containerservice:ManagedCluster": {
      disableLocalAccounts: switchedOn,
      "aadProfile.managed": switchedOn,
      "aadProfile.enableAzureRBAC": switchedOn,
      "addonProfiles.omsagent.config.useAADAuth": [left, "false"],
    },
  },
  "tls-floor": {
    "azure-native:trafficmanager:Profile": {"monitorConfig.protocol": [left, "HTTP", "TCP"]},
    "azure-native:storage:StorageAccount": {
      minimumTlsVersion: [left, "TLS1_0", "TLS1_1"],
      enableHttpsTrafficOnly: switchedOn,
    },
    "kubernetes:core/v1:ConfigMap": {
      "data.envoy.json": [
        {},
        listening(),
        listening({name: "stop", filter_chains: [good]}),
        listening({filter_chains: [good]}, {internal_listener: null, filter_chains: [{}]}),
        ...[
          {},
          tls({}),
          tls({tls_params: {}}),
          tls(floor("TLSv1_0")),
          tls(floor("TLS_AUTO")),
        ].flatMap((chain) => [
          listening({filter_chains: [chain]}),
          listening({filter_chains: [good, chain]}),
          listening({filter_chains: [good]}, {filter_chains: [chain]}),
          listening({filter_chains: [good], default_filter_chain: chain}),
        ]),
        listening({filter_chains: [good]}, {filter_chains: []}),
        listening({filter_chains: [tls(floor("TLSv1_2"), "UpstreamTlsContext")]}),
      ].map((config) => JSON.stringify(config)),
      "data.policy.json": [
        upstream("http://model.example.com"),
        upstream("ftp://model"),
        upstream("http://gpu-coder.meridian.svc.cluster.local.example.com"),
        upstream("http://gpu-coder.other.svc.cluster.local:8000"),
        "no JSON",
      ],
    },
  },
  "images-by-digest": {
    container: {image: [left, "node", "node:26", "node@sha256:abc", `node@md5:${"a".repeat(64)}`]},
  },
  regions: {"*": {location: ["northeurope", "East Asia"]}},
  "least-rights": {
    "azure-native:authorization:RoleAssignment": {
      roleDefinitionId: [
        left,
        // Owner, Contributor, User Access Administrator.
        ...["8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "b24988ac-6180-42a0-ab88-20f7382dd24c"],
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
      ],
      principalType: [left, "User", "ForeignGroup"],
      scope: [
        ...[left, "/", "/subscriptions/s"],
        "/providers/Microsoft.Management/managementGroups/all",
      ],
    },
    "azure-native:authorization:RoleDefinition": {"": [{}]},
    ...Object.fromEntries(
      ["ClusterRole", "Role"].flatMap((kind) => [
        [
          `${RBAC}:${kind}`,
          {"": [{}, {rules: [{apiGroups: [""], resources: ["pods"], verbs: ["get"]}]}]},
        ],
        [`${RBAC}:${kind}Binding`, {"roleRef.name": ["cluster-admin", "admin", "edit"]}],
      ]),
    ),
  },
  tags: {
    "*": {
      tags: [
        left,
        {},
        {"meridian-service": "meridian", stack: "another", "managed-by": "pulumi"},
        {"meridian-service": "meridian", "managed-by": "pulumi"},
      ],
    },
  },
  "no-plain-secrets": {
    "kubernetes:core/v1:ConfigMap": {"data.*": plain},
    "kubernetes:core/v1:Secret": {data: [{a: "Yg=="}], stringData: [{a: "b"}]},
    container: {
      "env.*": [
        {name: "OPENAI_KEY", value: "abc"},
        {name: "token", value: "abc"},
        {name: "A", value: plain[0]},
      ],
      "args.*": plain,
      "command.*": plain,
    },
  },
  "confined-pods": {
    "kubernetes:core/v1:Namespace": {
      "metadata.labels.pod-security.kubernetes.io/enforce": [left, "baseline", "privileged"],
    },
    pod: confined,
    container: {
      "securityContext.allowPrivilegeEscalation": switchedOff,
      "securityContext.readOnlyRootFilesystem": switchedOn,
      "securityContext.capabilities.drop": [left, [], ["NET_RAW"]],
      "securityContext.capabilities.add": [["SYS_ADMIN"]],
      "securityContext.privileged": [true],
      "securityContext.runAsNonRoot": [false, "true"],
      "securityContext.runAsUser": [0, "0"],
      "securityContext.seccompProfile.type": ["Unconfined"],
      "ports.*.hostPort": [8443],
    },
  },
  "network-ports": {
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": {
      "spec.ingress.*.ports": allPorts,
      "spec.egress.*.ports": allPorts,
    },
  },
};

const of = (type: string, inputs: Inputs, name = "one"): Subject => ({
  stack: "eastus2",
  type,
  name,
  inputs,
});

/** Resources of kinds that the stacks do not have, all but definitions of roles as a policy takes them; `pod` is what is in a Deployment's template. */
export const others = (spec: Inputs): Subject[] => [
  of("azure-native:storage:StorageAccount", {
    location: "eastus2",
    publicNetworkAccess: "Disabled",
    allowBlobPublicAccess: false,
    allowSharedKeyAccess: false,
    minimumTlsVersion: "TLS1_2",
    enableHttpsTrafficOnly: true,
  }),
  of("azure-native:network:SecurityRule", {direction: "Outbound", access: "Deny"}),
  of("kubernetes:core/v1:Pod", {metadata: {namespace: "meridian"}, spec}),
  ...[
    "apps/v1:DaemonSet",
    "apps/v1:ReplicaSet",
    "apps/v1:StatefulSet",
    "core/v1:ReplicationController",
  ].map((kind) =>
    of(`kubernetes:${kind}`, {metadata: {namespace: "meridian"}, spec: {template: {spec}}}),
  ),
  of("kubernetes:batch/v1:CronJob", {
    metadata: {namespace: "meridian"},
    spec: {jobTemplate: {spec: {template: {spec}}}},
  }),
  of("kubernetes:core/v1:Secret", {metadata: {namespace: "meridian"}}),
  ...["ClusterRoleBinding", "RoleBinding"].map((kind) =>
    of(`${RBAC}:${kind}`, {roleRef: {name: "view"}}),
  ),
  ...["ClusterRole", "Role"].map((kind) => of(`${RBAC}:${kind}`, {})),
  of("azure-native:authorization:RoleDefinition", {}),
];
