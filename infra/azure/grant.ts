import * as authorization from "@pulumi/azure-native/authorization/index.js";
import {type CustomResourceOptions, type Input, output} from "@pulumi/pulumi";
import {guid} from "./names.ts";
import {roles} from "./roles.ts";

export interface Grant {
  readonly role: keyof typeof roles;
  /** The object id of a managed identity, or of a group. */
  readonly to: Input<string>;
  /** The type of `to`; a managed identity if not given. */
  readonly kind?: "Group";
  /** The id of the resource that the role applies to. */
  readonly on: Input<string>;
  /** Makes the name of the grant unique within the service; e.g. its cluster. */
  readonly scope: string;
}

export function grant(
  name: string,
  {role, to, kind, on, scope}: Grant,
  options: CustomResourceOptions,
): authorization.RoleAssignment {
  const roleDefinitionId = output(on).apply(
    (id) =>
      `${subscriptionOf(id)}/providers/Microsoft.Authorization/roleDefinitions/${roles[role]}`,
  );
  return new authorization.RoleAssignment(
    name,
    {
      roleAssignmentName: guid(scope, name),
      principalId: to,
      // Without it, granting to an identity that Entra is still replicating fails.
      principalType: kind ?? "ServicePrincipal",
      roleDefinitionId,
      scope: on,
    },
    // An assignment cannot be updated, and two cannot have the same name.
    {...options, deleteBeforeReplace: true},
  );
}

const subscriptionOf = (id: string) => id.split("/").slice(0, 3).join("/");
