import {guid} from "../../infra/azure/names.ts";
import {roles} from "../../infra/azure/roles.ts";
import {never} from "../consequence.ts";
import {serving, tail} from "../description.ts";
import type {Inputs, View} from "../resource.ts";
import {arm, othersOf, SUBSCRIPTION, TENANT, unless} from "./arm.ts";

export interface Grant {
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly scope: string;
}

const ROLE_ASSIGNMENT = "authorization:RoleAssignment";

export const authorization = [
  arm<Grant>(ROLE_ASSIGNMENT, {
    path: "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    purpose: "what one identity may do on one resource, and no more",
    loss: serving("a right that pods or nodes work by; a new one takes minutes to hold"),
    summary: (at) => [`${roleName(at("roleDefinitionId"))} on ${tail(at("scope"))}`],
    name: {
      pattern: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
      says: (name) =>
        `InvalidRoleAssignmentId: The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    },
    check: checkGrant,
    // https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
    frozen: never(
      ["principalType", "roleDefinitionId"],
      () =>
        "RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    ),
  }),
];

export const authorizationCalls = {
  "azure-native:authorization:getClientConfig": (
    _: Inputs,
    __: View["find"],
    subscriptionId = SUBSCRIPTION,
  ) => ({
    subscriptionId,
    tenantId: TENANT,
    clientId: guid("client"),
    objectId: guid("object"),
  }),
};

/** The same role for the same principal on the same resource, under another name. */
function checkGrant(grant: Grant, view: View): string[] {
  const words = ({principalId, roleDefinitionId, scope}: Grant) =>
    [principalId, roleDefinitionId, scope].join(" ");
  const there = othersOf<Grant>(ROLE_ASSIGNMENT, view).some((one) => words(one) === words(grant));
  return unless(!there, "RoleAssignmentExists: The role assignment already exists.");
}

const roleName = (definition: string) =>
  Object.entries(roles).find(([, id]) => definition.endsWith(id))?.[0] ?? definition;
