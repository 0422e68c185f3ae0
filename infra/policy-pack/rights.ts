import {roles} from "../azure/roles.ts";
import {byType, type Demand, type ResourcePolicy, textOf} from "./policy.ts";

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const WIDE = ["admin", "cluster-admin", "edit"];

/** Nobody is given more than the stacks need. */
export const rights: ResourcePolicy = {
  name: "least-rights",
  why: "Who gets hold of an identity has its rights: each has few, on one resource.",
  mend: "grant a role of infra/azure/roles.ts by `grant`, on the resource that it is about.",
  demandsOf: byType({
    "azure-native:authorization:RoleAssignment": [role(), principal(), scope()],
    "azure-native:authorization:RoleDefinition": [
      {path: [], wants: "left out: roles are Azure's own", holds: () => false},
    ],
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": [clusterRole()],
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": [clusterRole()],
  }),
};

const nameOf = (definition: unknown) =>
  Object.entries(roles).find(([, id]) => textOf(definition).endsWith(`/${id}`))?.[0];

function role(): Demand {
  return {
    path: ["roleDefinitionId"],
    wants: `one of ${Object.keys(roles).join(", ")}`,
    holds: (value) => nameOf(value) !== undefined,
  };
}

/** People administer clusters, and have no other role of the stacks'. */
function principal(): Demand {
  return {
    path: ["principalType"],
    wants: '"ServicePrincipal", or "Group" for who administers a cluster',
    holds: (value, _, {roleDefinitionId}) =>
      value === "ServicePrincipal" ||
      (value === "Group" && nameOf(roleDefinitionId)?.endsWith("Cluster Admin") === true),
  };
}

/** What lists is given on a group, what changes or opens something on the one thing. */
function scope(): Demand {
  return {
    path: ["scope"],
    wants: "one resource, or a resource group for Reader",
    holds: (value, _, {roleDefinitionId}) => {
      const [, inGroup] =
        /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+(.*)$/i.exec(textOf(value)) ?? [];
      if (inGroup === undefined) return false;
      return inGroup.startsWith("/providers/") || nameOf(roleDefinitionId) === "Reader";
    },
  };
}

function clusterRole(): Demand {
  return {
    path: ["roleRef", "name"],
    wants: `another than ${WIDE.join(", ")}`,
    holds: (value) => !WIDE.includes(textOf(value)),
  };
}
