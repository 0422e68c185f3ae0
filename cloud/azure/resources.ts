import {sole, values} from "../description.ts";
import type {Resource, View} from "../resource.ts";
import {arm, GROUP, nameOf, unless} from "./arm.ts";

export const resources = [
  arm("resources:ResourceGroup", {
    path: GROUP,
    purpose: "holds the stack's resources: they end with it",
    loss: sole("everything in the group"),
    summary: values("location"),
    resourceType: "Microsoft.Resources/subscriptions/resourceGroups",
    name: {
      pattern: /^[\w.()-]{0,89}[\w()-]$/,
      says: (name) =>
        `InvalidResourceGroup: The provided resource group name '${name}' is not valid: 1 to 90 letters, digits, '_', '-', '.', '(' and ')', no '.' at the end.`,
    },
    checkRemoval: checkEmpty,
  }),
];

/**
 * Azure would delete what is in the group with it, whoever made it. A stack that comes to this has lost
 * the order of its resources, so it is refused here.
 */
function checkEmpty({id}: Resource, {inside}: View): string[] {
  const names = inside(id).map((resource) => resource.id.split("/").slice(-2).join("/"));
  return unless(
    names.length === 0,
    `ResourceGroupNotEmpty: Resource group '${nameOf(id)}' holds ${names.length} resources that would be deleted with it: ${names.join(", ")}.`,
  );
}
