import type {Region} from "./world.ts";

/** The subscription in the id of an Azure resource, in lower case: ARM compares ids without regard to it. */
export const subscriptionIn = (id: string): string => (id.split("/")[2] ?? "").toLowerCase();

/**
 * The subscription that a region's stack has to be in: the one it names, else that of its network, as nodes are in
 * no other. Undefined where regions.yaml leaves it to the stack's configuration.
 */
export const subscriptionOf = ({
  subscription,
  existing,
}: Pick<Region, "subscription" | "existing">): string | undefined =>
  subscription ?? (existing.network && subscriptionIn(existing.network.nodes));
