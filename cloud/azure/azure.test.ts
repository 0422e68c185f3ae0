import {
  account,
  group,
  inGroup,
  refuses,
  registry,
  type Step,
  vault,
  within,
} from "../orders.cases.ts";
import {SUBSCRIPTION} from "./arm.ts";

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/group`;
const idOf = (path: string) => `${GROUP}/providers/Microsoft.${path}`;

const network = (...subnets: [name: string, addressPrefix: string][]): Step => [
  "network:VirtualNetwork",
  {
    ...inGroup,
    virtualNetworkName: "network",
    addressSpace: {addressPrefixes: ["10.0.0.0/16"]},
    subnets: subnets.map(([name, addressPrefix]) => ({name, addressPrefix})),
  },
];
const nodes = network(["nodes", "10.0.0.0/17"]);
const subnet = `${idOf("Network/virtualNetworks/network")}/subnets/nodes`;

const firewall = (...priorities: number[]): Step => [
  "network:NetworkSecurityGroup",
  {
    ...inGroup,
    networkSecurityGroupName: "nodes",
    securityRules: priorities.map((priority, at) => ({
      name: `rule${at}`,
      priority,
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
    })),
  },
];

const endpoint = (target: string, groupId: string): Step => [
  "network:PrivateEndpoint",
  {
    ...inGroup,
    privateEndpointName: "model",
    subnet: {id: subnet},
    privateLinkServiceConnections: [{privateLinkServiceId: idOf(target), groupIds: [groupId]}],
  },
];

const zone = (resourceGroupName: string): Step => [
  "privatedns:PrivateZone",
  {resourceGroupName, privateZoneName: "privatelink.openai.azure.com"},
];
const link = (resourceGroupName: string): Step => [
  "privatedns:VirtualNetworkLink",
  {
    resourceGroupName,
    privateZoneName: "privatelink.openai.azure.com",
    virtualNetworkLinkName: "network",
    virtualNetwork: {id: idOf("Network/virtualNetworks/network")},
  },
];
const other: Step = ["resources:ResourceGroup", {...inGroup, resourceGroupName: "other"}];

const cluster = (profile: object = {}, pool: object = {}): Step => [
  "containerservice:ManagedCluster",
  {
    ...inGroup,
    resourceName: "cluster",
    networkProfile: {podCidr: "10.244.0.0/16", serviceCidr: "10.100.0.0/16", ...profile},
    agentPoolProfiles: [
      {
        name: "system",
        mode: "System",
        enableAutoScaling: true,
        count: 3,
        minCount: 3,
        maxCount: 5,
        vnetSubnetID: subnet,
        ...pool,
      },
    ],
  },
];
const clusterId = idOf("ContainerService/managedClusters/cluster");

const grantAs = (roleAssignmentName: string): Step => [
  "authorization:RoleAssignment",
  {roleAssignmentName, scope: GROUP, principalId: "p", roleDefinitionId: "r"},
];
const federated = (name: string): Step => [
  "managedidentity:FederatedIdentityCredential",
  {
    ...within,
    resourceName: "proxy",
    federatedIdentityCredentialResourceName: name,
    issuer: "https://issuer",
    subject: "system:serviceaccount:meridian:proxy",
    audiences: ["api://AzureADTokenExchange"],
  },
];

const workspace: Step = [
  "monitor:AzureMonitorWorkspace",
  {...inGroup, location: "eastus2", azureMonitorWorkspaceName: "metrics"},
];
const rules = (changes: object): Step => [
  "alertsmanagement:PrometheusRuleGroup",
  {
    ...inGroup,
    location: "eastus2",
    ruleGroupName: "meridian-world",
    scopes: [idOf("Monitor/accounts/metrics")],
    interval: "PT1M",
    rules: [{record: "up:sum", expression: "sum(up)"}],
    ...changes,
  },
];

/** Orders in their order, and everything that the cloud refuses. */
const cases: Record<string, [steps: readonly Step[], says: readonly RegExp[]]> = {
  "subnets within their network": [
    [group, network(["nodes", "10.0.0.0/17"], ["endpoints", "10.0.128.0/25"])],
    [],
  ],
  "a subnet outside its network": [
    [group, network(["nodes", "10.1.0.0/17"])],
    [/^NetcfgInvalidSubnet: Subnet 'nodes' is not valid in virtual network 'network'\.$/],
  ],
  "subnets that overlap": [
    [group, network(["nodes", "10.0.0.0/17"], ["endpoints", "10.0.127.0/25"])],
    [/^NetcfgSubnetRangesOverlap: Subnet 'endpoints' is not valid because/],
  ],
  "two rules of one priority, and one out of range": [
    [group, firewall(100, 100, 5000)],
    [
      /^SecurityRuleConflict: Security rule rule1 conflicts with rule rule0\./,
      /^SecurityRuleInvalidPriority: .* Value provided: 5000/,
    ],
  ],
  "a property that nobody knows, and one of another kind": [
    [group, vault("vault", {enableSoftDelet: true, softDeleteRetentionInDays: "90"})],
    [
      /^UnknownProperty: .*'properties\.enableSoftDelet'; did you mean/,
      /should be of type 'number'/,
    ],
  ],
  "tags of one's own": [
    [["resources:ResourceGroup", {...inGroup, tags: {"cost-center": "4711"}}]],
    [],
  ],
  "a tag that cloud-provider-azure writes": [
    [["resources:ResourceGroup", {...inGroup, tags: {service: "meridian", stack: "global"}}]],
    [/^TagNotOurs: The tag 'service' of \/subscriptions\/.*\/group is read by AKS\.$/],
  ],
  "an endpoint to an account": [
    [group, nodes, account(), endpoint("CognitiveServices/accounts/host", "account")],
    [],
  ],
  "an endpoint to what is not there": [
    [group, nodes, endpoint("CognitiveServices/accounts/host", "account")],
    [
      /^InvalidResourceReference: Resource .*accounts\/host referenced by resource .* was not found/,
    ],
  ],
  "an endpoint of another kind's group": [
    [group, nodes, account(), endpoint("CognitiveServices/accounts/host", "vault")],
    [/^PrivateEndpointGroupIdInvalid: .* 'vault' .* use 'account'/],
  ],
  "an endpoint to a registry that is not Premium": [
    [group, nodes, registry("Basic"), endpoint("ContainerRegistry/registries/images", "registry")],
    [/^FeatureNotSupported: Private endpoints are not supported for the registry sku 'Basic'/],
  ],
  "a network linked to two zones of one name": [
    [group, other, nodes, zone("group"), link("group"), zone("other"), link("other")],
    [/^Conflict: A virtual network cannot be linked to multiple zones with overlapping namespaces/],
  ],
  "a link to a network that is not there": [
    [group, zone("group"), link("group")],
    [/^LinkedResourceNotFound: The virtual network .* was not found/],
  ],
  "a cluster beside its subnet": [[group, nodes, cluster()], []],
  "a cluster whose services are its subnet's": [
    [group, nodes, cluster({serviceCidr: "10.0.64.0/20"})],
    [/^ServiceCidrOverlapExistingSubnetsCidr: The specified service CIDR 10\.0\.64\.0\/20 is/],
  ],
  "a pool that begins under its least, and no system pool": [
    [group, nodes, cluster({}, {mode: "User", count: 1})],
    [
      /^InvalidParameter: A cluster must have/,
      /^InvalidParameter: The counts of agent pool 'system'/,
    ],
  ],
  "a window of an hour under a name of its own": [
    [
      group,
      nodes,
      cluster(),
      [
        "containerservice:MaintenanceConfiguration",
        {
          ...within,
          resourceName: "cluster",
          configName: "nightly",
          maintenanceWindow: {
            durationHours: 1,
            startTime: "02:00",
            schedule: {daily: {intervalDays: 1}},
          },
        },
      ],
    ],
    [
      /^InvalidParameter: The maintenance configuration name 'nightly'/,
      /^InvalidParameter: .* maintenanceWindow\.durationHours is invalid: '1' is not 4 or more\.$/,
    ],
  ],
  "an association with a rule that is not there": [
    [
      group,
      nodes,
      cluster(),
      [
        "monitor:DataCollectionRuleAssociation",
        {associationName: "logs", resourceUri: clusterId, dataCollectionRuleId: idOf("X/y/z")},
      ],
    ],
    [/^InvalidPayload: The data collection rule '.*' was not found/],
  ],
  "a flow to a destination that is not defined": [
    [
      group,
      [
        "monitor:DataCollectionRule",
        {...inGroup, dataCollectionRuleName: "logs", dataFlows: [{destinations: ["nowhere"]}]},
      ],
    ],
    [/^InvalidDataFlow: The destination 'nowhere' is not defined/],
  ],
  "one role twice, under two names": [
    [
      group,
      grantAs("00000000-0000-4000-8000-000000000001"),
      grantAs("00000000-0000-4000-8000-000000000002"),
    ],
    [/^RoleAssignmentExists: The role assignment already exists\.$/],
  ],
  "two credentials for one service account": [
    [
      group,
      ["managedidentity:UserAssignedIdentity", {...inGroup, resourceName: "proxy"}],
      federated("one"),
      federated("two"),
    ],
    [/^Conflict: Issuer and subject combination already exists for this Managed Identity\.$/],
  ],
  "rules in the workspace's location": [[group, workspace, rules({})], []],
  "rules elsewhere, too many of them, and one that is neither alert nor record": [
    [group, workspace, rules({location: "westeurope", rules: Array(21).fill({expression: "up"})})],
    [
      /^InvalidLocation: A rule group must be in the location of its workspace/,
      /^TooManyRules: 21 rules are more than 20/,
      ...Array(21).fill(/^InvalidRule: 'up' is to be an alert or a record/),
    ],
  ],
  "rules of a workspace that is not there": [
    [group, rules({})],
    [/^InvalidScope: The workspace .* was not found/],
  ],
  "a job that would start again for ever": [
    [
      ["kubernetes:core/v1:Namespace", {metadata: {name: "meridian"}}],
      [
        "kubernetes:batch/v1:Job",
        {
          metadata: {name: "issue", namespace: "meridian"},
          spec: {template: {spec: {containers: [], restartPolicy: "Always"}}},
        },
      ],
    ],
    [/^Job "issue" is invalid: spec\.template\.spec\.restartPolicy: Unsupported value: "Always"/],
  ],
};

for (const [name, [steps, says]] of Object.entries(cases)) refuses(name, steps, says);
