import * as authorization from "@pulumi/azure-native/authorization/index.js";
import {type CustomResourceOptions, type Input, output} from "@pulumi/pulumi";
import {guid} from "./names.ts";

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const roles = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  "Azure Kubernetes Service RBAC Cluster Admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  "Cognitive Services OpenAI User": "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
  "Key Vault Certificates Officer": "a4417e6f-fecd-4de8-b567-7b0420556985",
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
} as const;

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
