import {z} from "zod";
import {types} from "../../../cloud/types.ts";
import {ok, short, type Verdict} from "../finding.ts";

const ACCESS = "Role Based Access Control Administrator";

/**
 * The actions that the stacks take, by the role that docs/operations.md asks for. A role of your own
 * needs the actions alone. https://learn.microsoft.com/azure/role-based-access-control/permissions
 */
export const needed: Readonly<Record<"Contributor" | typeof ACCESS, readonly string[]>> = {
  Contributor: [],
  [ACCESS]: [],
  ...Object.groupBy(
    Object.values(types)
      .flatMap(({rights = []}) => rights)
      .toSorted(),
    (action) => (action.startsWith("Microsoft.Authorization/") ? ACCESS : "Contributor"),
  ),
};

/** The same for what is in a cluster: Kubernetes' own actions, by Azure's roles. */
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
    ...Object.entries(needed).map(([role, actions]) =>
      judgeRole(role, {actions, grants: onResources}),
    ),
    ...Object.entries(neededInClusters).map(([role, actions]) =>
      judgeRole(role, {actions, grants: inClusters}),
    ),
  ];
}

interface Grant {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

interface Wanted {
  readonly actions: readonly string[];
  readonly grants: readonly Grant[];
  /** The id of what they are taken on; the subscription if not given. */
  readonly on?: string;
}

/** Whether the actions of a role are granted. */
export function judgeRole(
  role: string,
  {actions, grants, on = "the subscription"}: Wanted,
): Verdict {
  const missing = actions.filter((action) => !grants.some((grant) => allows(grant, action)));
  if (missing.length === 0) return ok("rights", role, "its actions are allowed");
  const found = `may not ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ` and ${missing.length - 3} more` : ""}`;
  return short("rights", role, found, `ask for the role ${role} on ${on}`);
}

/** One grant may allow what another excludes: https://learn.microsoft.com/azure/role-based-access-control/role-definitions */
const allows = ({actions, notActions}: Grant, action: string): boolean =>
  actions.some((pattern) => matches(pattern, action)) &&
  !notActions.some((pattern) => matches(pattern, action));

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(action);
}
