import {type Fault, isText, list, type Mapping, mapping, nearest} from "../meaning.ts";
import {subscriptionIn} from "../names.ts";
import {BUILT_IN_FILTERS} from "./guards.ts";

/** Faults in what guards a service, beside its other keys. */
export const guardFaults = (file: Mapping): Fault[] => [
  ...registryFaults(mapping(file.service)),
  ...filterFaults(file),
  ...flowFaults(mapping(file.regions)),
];

function registryFaults({encryption, existing}: Mapping): Fault[] {
  if (encryption === undefined || mapping(existing).registry === undefined) return [];
  const message = "is of the registry that global makes, and yours is used instead; leave it out";
  return [{path: ["service", "encryption"], message}];
}

function filterFaults(file: Mapping): Fault[] {
  const known = [...Object.keys(mapping(file.filters)), ...BUILT_IN_FILTERS];
  const places = [
    {path: ["defaults"], sizes: file.defaults},
    ...Object.entries(mapping(file.regions)).map(([name, sizes]) => ({
      path: ["regions", name],
      sizes,
    })),
  ];
  return places.flatMap(({path, sizes}) =>
    list(mapping(sizes).deployments).flatMap((deployment, at) => {
      const {filter} = mapping(deployment);
      if (!isText(filter) || known.includes(filter)) return [];
      const message = `"${filter}" is not a filter; ${nearest(filter, known)}`;
      return [{path: [...path, "deployments", at, "filter"], message}];
    }),
  );
}

/** A network that is there already has logs of its owner's; a watcher watches its own subscription. */
function flowFaults(regions: Mapping): Fault[] {
  return Object.entries(regions).flatMap(([name, region]) => {
    const {flowLogs, existing, subscription} = mapping(region);
    if (flowLogs === undefined) return [];
    const path = ["regions", name, "flowLogs"];
    if (mapping(existing).network !== undefined)
      return [
        {
          path,
          message:
            "are of the network that the stack makes, and yours is used instead; leave them out",
        },
      ];
    const {watcher} = mapping(flowLogs);
    if (!isText(watcher) || !isText(subscription)) return [];
    if (subscriptionIn(watcher) === subscription.toLowerCase()) return [];
    const message = `is in another subscription than the region, ${subscription}; name one of its own`;
    return [{path: [...path, "watcher"], message}];
  });
}
