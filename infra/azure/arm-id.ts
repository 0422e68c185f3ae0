import type {CustomResource, Output} from "@pulumi/pulumi";
import {subscriptionIn} from "../../regions/names.ts";

/** The parts of an Azure resource's id: `/subscriptions/S/resourceGroups/G/providers/P/T/N`. */
export interface ArmId {
  /** In lower case, as ARM compares ids without regard to it. */
  readonly subscription: string;
  readonly group: string;
  /** The name of the resource, or of the child where the id names one. */
  readonly name: string;
  /** The id of the resource that a child belongs to, such as a subnet's network. */
  readonly owner: string;
}

/** Takes an id apart. Ids in regions.yaml have already been checked. */
export function parseArmId(id: string): ArmId {
  const parts = id.split("/");
  return {
    subscription: subscriptionIn(id),
    group: parts[4] ?? "",
    name: parts.at(-1) ?? "",
    owner: parts.slice(0, 9).join("/"),
  };
}

/**
 * The name of a resource, for what is made after it. Before a change to the resource a preview knows its id and no
 * output: with the output `name` everything below it would look as if it were to be replaced.
 */
export const nameOf = ({id}: CustomResource): Output<string> =>
  id.apply((id) => parseArmId(id).name);
