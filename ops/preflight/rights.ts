import {z} from "zod";
import {ok, short, type Verdict} from "./finding.ts";

/**
 * What the stacks do, by the role that docs/operations.md asks for. Of a role of your own making only
 * the actions matter. https://learn.microsoft.com/azure/role-based-access-control/permissions
 */
export const needed = {
  Contributor: [
    "Microsoft.AlertsManagement/prometheusRuleGroups/write",
    "Microsoft.CognitiveServices/accounts/deployments/write",
    "Microsoft.CognitiveServices/accounts/write",
    "Microsoft.ContainerRegistry/registries/replications/write",
    "Microsoft.ContainerRegistry/registries/taskRuns/write",
    "Microsoft.ContainerRegistry/registries/write",
    "Microsoft.ContainerService/managedClusters/agentPools/write",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
    "Microsoft.ContainerService/managedClusters/maintenanceConfigurations/write",
    "Microsoft.ContainerService/managedClusters/write",
    "Microsoft.Insights/dataCollectionEndpoints/write",
    "Microsoft.Insights/dataCollectionRuleAssociations/write",
    "Microsoft.Insights/dataCollectionRules/write",
    "Microsoft.Insights/diagnosticSettings/write",
    "Microsoft.KeyVault/vaults/secrets/write",
    "Microsoft.KeyVault/vaults/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/write",
    "Microsoft.Monitor/accounts/write",
    "Microsoft.Network/dnsZones/CNAME/write",
    "Microsoft.Network/dnsZones/write",
    "Microsoft.Network/networkSecurityGroups/write",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks/write",
    "Microsoft.Network/privateDnsZones/write",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups/write",
    "Microsoft.Network/privateEndpoints/write",
    "Microsoft.Network/publicIPAddresses/write",
    "Microsoft.Network/trafficManagerProfiles/write",
    "Microsoft.Network/virtualNetworks/subnets/join/action",
    "Microsoft.Network/virtualNetworks/write",
    "Microsoft.OperationalInsights/workspaces/write",
    "Microsoft.Resources/subscriptions/resourceGroups/write",
    "Microsoft.Storage/storageAccounts/blobServices/containers/write",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Storage/storageAccounts/listServiceSas/action",
    "Microsoft.Storage/storageAccounts/write",
  ],
  "Role Based Access Control Administrator": ["Microsoft.Authorization/roleAssignments/write"],
} as const;

/** Actions on Kubernetes resources inside a cluster, granted by Azure roles. */
export const neededInClusters = {
  "Azure Kubernetes Service RBAC Cluster Admin": [
    "Microsoft.ContainerService/managedClusters/apps/deployments/write",
    "Microsoft.ContainerService/managedClusters/configmaps/write",
    "Microsoft.ContainerService/managedClusters/namespaces/write",
    "Microsoft.ContainerService/managedClusters/secrets/write",
    "Microsoft.ContainerService/managedClusters/services/write",
  ],
} as const;

/** What one of the caller's roles allows: https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group */
export const permissionSchema = z.object({
  actions: z.array(z.string()).default([]),
  notActions: z.array(z.string()).default([]),
  dataActions: z.array(z.string()).default([]),
  notDataActions: z.array(z.string()).default([]),
});

export type Permission = z.output<typeof permissionSchema>;

/** Whether the caller may do what the stacks do. */
export function judgeRights(permissions: readonly Permission[]): Verdict[] {
  const onResources = permissions.map(({actions, notActions}) => ({actions, notActions}));
  const inClusters = permissions.map(({dataActions, notDataActions}) => ({
    actions: dataActions,
    notActions: notDataActions,
  }));
  return [
    ...Object.entries(needed).map(([role, actions]) => judgeRole(role, actions, onResources)),
    ...Object.entries(neededInClusters).map(([role, actions]) =>
      judgeRole(role, actions, inClusters),
    ),
  ];
}

interface Grant {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

function judgeRole(role: string, actions: readonly string[], grants: readonly Grant[]): Verdict {
  const missing = actions.filter((action) => !grants.some((grant) => allows(grant, action)));
  if (missing.length === 0) return ok("rights", role, "its actions are allowed");
  const found = `may not ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ` and ${missing.length - 3} more` : ""}`;
  return short("rights", role, found, `ask for the role ${role} on the subscription`);
}

/** What one grant excludes, another may allow: https://learn.microsoft.com/azure/role-based-access-control/role-definitions */
const allows = ({actions, notActions}: Grant, action: string): boolean =>
  actions.some((pattern) => matches(pattern, action)) &&
  !notActions.some((pattern) => matches(pattern, action));

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(action);
}
