import type {Arm} from "../azure/arm.ts";
import {oneLine} from "../azure/arm-error.ts";
import type {Offer} from "../offers.ts";
import {offersAt} from "../room.ts";

/** What Azure offers in each location, and of those that could not be asked, why. */
export interface Market {
  readonly offers: ReadonlyMap<string, readonly Offer[]>;
  readonly unasked: readonly string[];
}

/** One location that does not answer hides no other's answer. */
export async function askMarket(
  arm: Arm,
  locations: readonly string[],
  subscriptionOf: (stack: string) => string,
): Promise<Market> {
  const asked = await Promise.allSettled(
    locations.map((location) =>
      offersAt({arm, subscription: `/subscriptions/${subscriptionOf(location)}`, location}),
    ),
  );
  const offers = new Map<string, readonly Offer[]>();
  const unasked: string[] = [];
  for (const [at, answer] of asked.entries()) {
    const location = locations[at]!;
    if (answer.status === "fulfilled") offers.set(location, answer.value);
    else unasked.push(`${location}: ${oneLine((answer.reason as Error).message)}`);
  }
  return {offers, unasked};
}
