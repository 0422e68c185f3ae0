import {type Demand, type ResourcePolicy, type Scope, textOf} from "./policy.ts";

/** Nothing is made where regions.yaml has nobody. */
export const locations: ResourcePolicy = {
  name: "regions",
  why: "Data stays, and money is spent, in the regions that regions.yaml names; `service.home` is one of them.",
  mend: "add the region to regions.yaml, where its residency is said too.",
  demandsOf: (type) => (type.startsWith("azure-native:") ? [location] : []),
};

const location: Demand = {
  path: ["location"],
  wants: "a region of regions.yaml, its home or global",
  holds: (value, scope) => value === undefined || locationsOf(scope).includes(plain(value)),
};

const locationsOf = ({world: {service, regions}}: Scope) => [
  "global",
  service.home,
  ...regions.map(({name}) => name),
];

/** Azure takes `East US 2` for `eastus2`. */
const plain = (value: unknown) => textOf(value).toLowerCase().replaceAll(" ", "");
