import {type Fault, isText, type Mapping, mapping} from "../meaning.ts";
import {subscriptionIn} from "../names.ts";

/** Networks that nodes or private endpoints of a region cannot be in: https://github.com/Azure/azure-cli/issues/13258 */
export function subscriptionFaults(file: Mapping): Fault[] {
  return Object.entries(mapping(file.regions)).flatMap(([name, region]) => {
    const {subscription, existing} = mapping(region);
    const {nodes, endpoints} = mapping(mapping(existing).network);
    if (isText(subscription))
      return Object.entries({nodes, endpoints}).flatMap(([key, id]) =>
        apart(id, subscription.toLowerCase())
          ? [fault(name, key, `is in another subscription than the region, ${subscription}`)]
          : [],
      );
    const isSplit = isText(nodes) && apart(endpoints, subscriptionIn(nodes));
    return isSplit ? [fault(name, "endpoints", "is in another subscription than nodes")] : [];
  });
}

/** What is no id at all is reported elsewhere. */
const apart = (id: unknown, subscription: string) =>
  isText(id) && id.startsWith("/subscriptions/") && subscriptionIn(id) !== subscription;

const fault = (region: string, key: string, message: string): Fault => ({
  path: ["regions", region, "existing", "network", key],
  message: `${message}; Azure puts neither nodes nor private endpoints there: name a network of the region's own subscription`,
});
