import {roles} from "./roles.ts";

type Role = keyof typeof roles;

/** Given to groups of people who administer a cluster; all other roles go to identities. */
const ofGroups: readonly Role[] = ["Azure Kubernetes Service RBAC Cluster Admin"];

const GRANTS = "Microsoft.Authorization/roleAssignments";

/**
 * The condition under which whoever brings stacks up may grant roles, and take them back: those that the stacks
 * grant, to the kinds of principals that they grant them to.
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples#example-constrain-roles-and-principal-types
 */
export function deployerCondition(): string {
  const ofIdentities = (Object.keys(roles) as Role[]).filter((role) => !ofGroups.includes(role));
  const allowed = (source: "Request" | "Resource") =>
    [grants(source, ofIdentities, "ServicePrincipal"), grants(source, ofGroups, "Group")].join(
      "\n  OR\n",
    );
  const unless = (action: string, source: "Request" | "Resource") =>
    `(\n  !(ActionMatches{'${GRANTS}/${action}'})\n  OR\n${allowed(source)}\n)`;
  return `${unless("write", "Request")}\nAND\n${unless("delete", "Resource")}\n`;
}

function grants(source: string, of: readonly Role[], principals: "ServicePrincipal" | "Group") {
  const ids = of.map((role) => roles[role]).join(", ");
  return `  (
    @${source}[${GRANTS}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${ids}}
    AND
    @${source}[${GRANTS}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'${principals}'}
  )`;
}
