import {type Fault, isText, list, type Mapping, mapping, nearest} from "../meaning.ts";
import {BUILT_IN_FILTERS} from "./guards.ts";

/** Faults in what guards a service, beside its other keys. */
export const guardFaults = (file: Mapping): Fault[] => [
  ...registryFaults(mapping(file.service)),
  ...filterFaults(file),
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
