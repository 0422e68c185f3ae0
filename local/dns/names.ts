import {of} from "../../cloud/kubernetes/pods.ts";
import type {Resource} from "../../cloud/resource.ts";
import type {Place} from "../../regions/places/places.ts";
import type {Found, Lookup} from "./resolver.ts";
import {placeOfSubnet} from "./subnets.ts";
import type {Profile, Traffic} from "./traffic.ts";

/** Answers live as long as a pod may take to go. */
const CLUSTER_TTL_S = 1;
const ADDRESS_TTL_S = 60;

/**
 * The world's names as anyone outside sees them: aliases of the zone, profiles, and the addresses of
 * what Azure gave a name.
 */
export function publicLookup({
  resources,
  zone,
  manager,
  profiles,
  traffic,
  addresses,
  otherwise,
}: {
  /** What the dns stack made. */
  resources: readonly Resource[];
  zone: string;
  /** What Traffic Manager's names end in. */
  manager: string;
  profiles: readonly Profile[];
  traffic: Traffic;
  /** Name to address. */
  addresses: ReadonlyMap<string, string>;
  /** Where a client without a subnet is taken to be. */
  otherwise: Place;
}): Lookup {
  interface RecordSet {
    readonly relativeRecordSetName: string;
    readonly ttl?: number;
    readonly cnameRecord?: {readonly cname: string};
  }
  const records = of<RecordSet>(resources, "azure-native:dns:RecordSet");

  return (name, subnet) => {
    const record = records.find(
      ({relativeRecordSetName}) => name === `${relativeRecordSetName}.${zone}`,
    );
    const cname = record?.cnameRecord?.cname.replace(/\.$/, "");
    if (!cname) return managed(name, subnet, []);
    return managed(cname, subnet, [{name, target: cname, ttlS: record?.ttl ?? ADDRESS_TTL_S}]);
  };

  function managed(
    name: string,
    subnet: string | undefined,
    aliases: Found["aliases"],
  ): Found | undefined {
    const root = profiles.find(({dnsConfig}) => `${dnsConfig.relativeName}.${manager}` === name);
    if (!root) return addressed(name, aliases);
    const place = (subnet && placeOfSubnet(subnet)) || otherwise;
    const route = traffic.route(root, place);
    if (!route) return {aliases, addresses: [], ttlS: root.dnsConfig.ttl, byPlace: true};
    const next = [...aliases, {name, target: route.target, ttlS: route.ttlS}];
    return {
      ...(addressed(route.target, next) ?? {aliases: next, addresses: [], ttlS: 0}),
      byPlace: true,
    };
  }

  function addressed(name: string, aliases: Found["aliases"]): Found | undefined {
    const address = addresses.get(name);
    if (!address) return aliases.length > 0 ? {aliases, addresses: [], ttlS: 0} : undefined;
    return {aliases, addresses: [address], ttlS: ADDRESS_TTL_S};
  }
}

/** The same from within a cluster, where Services have names too. */
export function clusterLookup({
  namespace,
  services,
  select,
  outside,
}: {
  namespace: string;
  /** Names of Services. */
  services: readonly string[];
  /** Addresses of the ready pods behind a Service. */
  select: (service: string) => readonly string[];
  outside: Lookup;
}): Lookup {
  const zone = `.${namespace}.svc.cluster.local`;
  return (name, subnet) => {
    if (!name.endsWith(zone)) return outside(name, subnet);
    const service = name.slice(0, -zone.length);
    if (!services.includes(service)) return undefined;
    return {aliases: [], addresses: select(service), ttlS: CLUSTER_TTL_S};
  };
}
