import {guid} from "../../infra/azure/names.ts";
import {overlaps, parseCidr} from "../../regions/cidr.ts";
import type {Kind, View} from "../cloud.ts";
import {arm, type Named, TENANT} from "./arm.ts";
import {subnetRange} from "./network.ts";

/** Clusters, what they are seen by, and who their pods are; what Azure refuses of each. */

const named = (pattern: RegExp, refusal: (name: string) => string): Named => ({pattern, refusal});

export const clusterKinds: readonly [string, Kind][] = [
  arm<Managed>(
    "containerservice:ManagedCluster",
    "Microsoft.ContainerService/managedClusters/{resourceName}",
    {
      name: named(
        /^(?=.{1,63}$)[a-zA-Z\d]([\w-]*[a-zA-Z\d])?$/,
        (name) =>
          `InvalidParameter: The value of parameter resourceName '${name}' is invalid: 1 to 63 letters, digits, '_' and '-', a letter or digit first and last.`,
      ),
      check: checkCluster,
      outputs: ({location}, {id}) => ({
        oidcIssuerProfile: {
          enabled: true,
          issuerURL: `https://${location}.oic.prod-aks.azure.com/${TENANT}/${guid(id)}/`,
        },
        identityProfile: {kubeletidentity: {objectId: guid(`${id}/kubelet`)}},
      }),
    },
  ),
  arm<Pool>(
    "containerservice:AgentPool",
    "Microsoft.ContainerService/managedClusters/{resourceName}/agentPools/{agentPoolName}",
    {
      name: named(
        /^[a-z][a-z\d]{0,11}$/,
        (name) =>
          `InvalidParameter: The value of parameter agentPoolProfile.name '${name}' is invalid: 1 to 12 lower-case letters and digits, a letter first.`,
      ),
      check: (pool, {now}) => checkPool(pool, now !== undefined),
    },
  ),
  arm<{configName: string; maintenanceWindow: {durationHours: number}}>(
    "containerservice:MaintenanceConfiguration",
    "Microsoft.ContainerService/managedClusters/{resourceName}/maintenanceConfigurations/{configName}",
    {
      name: named(
        /^(default|aksManagedAutoUpgradeSchedule|aksManagedNodeOSUpgradeSchedule)$/,
        (name) =>
          `InvalidParameter: The maintenance configuration name '${name}' is invalid: use default, aksManagedAutoUpgradeSchedule or aksManagedNodeOSUpgradeSchedule.`,
      ),
      // https://learn.microsoft.com/azure/aks/planned-maintenance
      check: ({maintenanceWindow: {durationHours}}) =>
        durationHours >= 4 && durationHours <= 24
          ? []
          : [`InvalidParameter: durationHours ${durationHours} is not from 4 to 24.`],
    },
  ),
  arm("monitor:AzureMonitorWorkspace", "Microsoft.Monitor/accounts/{azureMonitorWorkspaceName}"),
  arm<RuleGroup>(
    "alertsmanagement:PrometheusRuleGroup",
    "Microsoft.AlertsManagement/prometheusRuleGroups/{ruleGroupName}",
    {
      name: named(
        /^(?!.*[.\s]$)[^:@/#{}%&+*<>?]{1,260}$/,
        (name) =>
          `InvalidResourceName: The rule group name '${name}' is invalid: 1 to 260 characters, none of :@/#{}%&+*<>?`,
      ),
      check: checkRules,
    },
  ),
  arm(
    "monitor:DataCollectionEndpoint",
    "Microsoft.Insights/dataCollectionEndpoints/{dataCollectionEndpointName}",
  ),
  arm<Rule>(
    "monitor:DataCollectionRule",
    "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
    {check: checkRule},
  ),
  arm<{dataCollectionRuleId: string}>(
    "monitor:DataCollectionRuleAssociation",
    "{resourceUri}/providers/Microsoft.Insights/dataCollectionRuleAssociations/{associationName}",
    {
      check: ({dataCollectionRuleId: id}, {find}) =>
        find(id) ? [] : [`InvalidPayload: The data collection rule '${id}' was not found.`],
    },
  ),
  arm(
    "managedidentity:UserAssignedIdentity",
    "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    {
      outputs: (_, {id}) => ({
        principalId: guid(`${id}/principal`),
        clientId: guid(`${id}/client`),
        tenantId: TENANT,
      }),
    },
  ),
  arm<Federated>(
    "managedidentity:FederatedIdentityCredential",
    "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    {check: checkFederated},
  ),
];

interface Managed {
  readonly location: string;
  readonly networkProfile?: {readonly podCidr?: string; readonly serviceCidr?: string};
  readonly agentPoolProfiles?: readonly Pool[];
}

interface Pool {
  readonly name?: string;
  readonly agentPoolName?: string;
  readonly mode?: string;
  readonly count?: number;
  readonly minCount?: number;
  readonly maxCount?: number;
  readonly enableAutoScaling?: boolean;
  readonly vnetSubnetID?: string;
}

function checkCluster({networkProfile, agentPoolProfiles = []}: Managed, view: View): string[] {
  const system = agentPoolProfiles.some(({mode}) => mode === "System");
  return [
    ...(system ? [] : ["InvalidParameter: A cluster must have at least one system pool."]),
    ...agentPoolProfiles.flatMap((pool) => checkPool(pool, view.now !== undefined)),
    ...agentPoolProfiles.flatMap(({vnetSubnetID = ""}) =>
      checkRanges(networkProfile, subnetRange(vnetSubnetID, view)),
    ),
  ];
}

function checkRanges(profile: Managed["networkProfile"], subnet: string | undefined): string[] {
  const ranges = {service: profile?.serviceCidr, pod: profile?.podCidr};
  return Object.entries(ranges).flatMap(([what, range]) => {
    if (!range || !subnet || !overlaps(parseCidr(range)!, parseCidr(subnet)!)) return [];
    const code = `${what === "pod" ? "Pod" : "Service"}CidrOverlapExistingSubnetsCidr`;
    return [
      `${code}: The specified ${what} CIDR ${range} is conflicted with an existing subnet CIDR ${subnet}.`,
    ];
  });
}

/**
 * https://learn.microsoft.com/azure/aks/quotas-skus-regions: 1,000 nodes in a pool. Of a pool that is there, the
 * range may leave the count behind: the autoscaler follows. https://github.com/Azure/AKS/issues/1758
 */
function checkPool(pool: Pool, isThere: boolean): string[] {
  const {enableAutoScaling, count = 1, minCount = 0, maxCount = 0} = pool;
  const name = pool.name ?? pool.agentPoolName;
  const between = isThere ? [] : [count];
  const counts = enableAutoScaling ? [minCount, ...between, maxCount, 1000] : [0, count, 1000];
  if (counts.every((count, at) => at === 0 || counts[at - 1]! <= count)) return [];
  return [
    `InvalidParameter: The counts of agent pool '${name}' are invalid: min ${minCount}, count ${count}, max ${maxCount} of at most 1000.`,
  ];
}

interface Rule {
  readonly dataCollectionEndpointId?: string;
  readonly destinations?: {
    readonly monitoringAccounts?: readonly {name: string; accountResourceId: string}[];
    readonly logAnalytics?: readonly {name: string; workspaceResourceId: string}[];
  };
  readonly dataFlows?: readonly {readonly destinations?: readonly string[]}[];
}

function checkRule({dataCollectionEndpointId, destinations, dataFlows = []}: Rule, view: View) {
  const {monitoringAccounts = [], logAnalytics = []} = destinations ?? {};
  const targets = [
    ...monitoringAccounts.map(({accountResourceId}) => accountResourceId),
    ...logAnalytics.map(({workspaceResourceId}) => workspaceResourceId),
    ...(dataCollectionEndpointId ? [dataCollectionEndpointId] : []),
  ];
  const names = [...monitoringAccounts, ...logAnalytics].map(({name}) => name);
  const unknown = dataFlows.flatMap(({destinations = []}) =>
    destinations.filter((name) => !names.includes(name)),
  );
  return [
    ...targets
      .filter((id) => !view.find(id))
      .map((id) => `InvalidPayload: The resource '${id}' was not found.`),
    ...unknown.map((name) => `InvalidDataFlow: The destination '${name}' is not defined.`),
  ];
}

interface RuleGroup {
  readonly location: string;
  readonly scopes: readonly string[];
  readonly interval: string;
  readonly rules: readonly {alert?: string; record?: string; expression: string}[];
}

/** https://learn.microsoft.com/azure/azure-monitor/service-limits: 20 rules; https://learn.microsoft.com/azure/azure-monitor/essentials/prometheus-rule-groups */
function checkRules({location, scopes, rules}: RuleGroup, {find}: View): string[] {
  const workspace = find(scopes[0] ?? "");
  const wrong = rules.filter(({alert, record}) => (alert === undefined) === (record === undefined));
  return [
    ...(workspace ? [] : [`InvalidScope: The workspace '${scopes[0]}' was not found.`]),
    ...(workspace && workspace.inputs.location !== location
      ? [`InvalidLocation: A rule group must be in the location of its workspace.`]
      : []),
    ...(rules.length > 20 ? [`TooManyRules: ${rules.length} rules are more than 20.`] : []),
    ...wrong.map(({expression}) => `InvalidRule: '${expression}' is to be an alert or a record.`),
  ];
}

interface Federated {
  readonly resourceName: string;
  readonly issuer: string;
  readonly subject: string;
}

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
function checkFederated({issuer, subject}: Federated, view: View): string[] {
  const self = view.id.split("/").slice(0, 9).join("/");
  const twice = view
    .all("azure-native:managedidentity:FederatedIdentityCredential")
    .filter(({id}) => id !== view.id && id.startsWith(`${self}/`))
    .some(({inputs}) => inputs.issuer === issuer && inputs.subject === subject);
  return twice
    ? ["Conflict: Issuer and subject combination already exists for this Managed Identity."]
    : [];
}
