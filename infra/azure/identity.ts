import * as azure from "@pulumi/azure-native/managedidentity/index.js";
import type {ComponentResource, Output} from "@pulumi/pulumi";
import {nameOf} from "./arm-id.ts";
import type {Where} from "./group.ts";

/** An identity in Entra. */
export interface Identity {
  readonly id: Output<string>;
  readonly name: Output<string>;
  readonly principalId: Output<string>;
  readonly clientId: Output<string>;
}

/** Makes an identity. What Entra gives it is read, so that a preview of a change to its tags knows it still. */
export function createIdentity(
  name: string,
  {where, resourceName}: {where: Where; resourceName: string},
  parent: ComponentResource,
): Identity {
  const made = new azure.UserAssignedIdentity(name, {...where, resourceName}, {parent});
  const {resourceGroupName} = where;
  const {principalId, clientId} = azure.getUserAssignedIdentityOutput(
    {resourceGroupName, resourceName: nameOf(made)},
    {parent, dependsOn: made},
  );
  return {id: made.id, name: nameOf(made), principalId, clientId};
}
