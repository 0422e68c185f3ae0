import {overlaps, parseAddress, parseCidr, sizeOf} from "../cidr.ts";
import {type Fault, isNumber, isText, list, type Mapping, mapping} from "../meaning.ts";

/** A region as written, with what it takes of the defaults. */
interface Entry {
  readonly name: string;
  readonly region: Mapping;
  readonly entrance: unknown;
  readonly space: unknown;
}

/** What internal entrances cannot go with, and what goes with none but them. */
export function entranceFaults(file: Mapping): Fault[] {
  const entries = entriesOf(file);
  const inside = entries.filter(({entrance}) => entrance === "internal");
  const open = entries.filter(({entrance}) => entrance !== "internal");
  if (inside.length > 0 && open.length > 0) return inside.map((entry) => mixed(entry, open));
  if (inside.length === 0) return open.flatMap(idle);
  return [
    ...inside.flatMap(networkFaults),
    ...overlapFaults(inside),
    ...hubFaults(inside),
    ...inside.flatMap(unweighted),
    ...longNames(file, inside),
    ...unplaced(file),
  ];
}

function entriesOf(file: Mapping): Entry[] {
  const shared = mapping(file.defaults);
  return Object.entries(mapping(file.regions)).map(([name, value]) => {
    const region = mapping(value);
    const said = (part: string, key: string) =>
      mapping(region[part])[key] ?? mapping(shared[part])[key];
    const [entrance, space] = [said("edge", "entrance"), said("network", "space")];
    return {name, region, entrance: entrance ?? "public", space: space ?? "10.0.0.0/16"};
  });
}

/** Where the fault of a region is: at its own key, or at the region that takes the defaults. */
const at = ({name, region}: Entry, part: string, key: string): Fault["path"] =>
  mapping(region[part])[key] === undefined ? ["regions", name] : ["regions", name, part, key];

const mixed = (entry: Entry, open: readonly Entry[]): Fault => ({
  path: at(entry, "edge", "entrance"),
  message: `has an internal entrance and ${open[0]!.name} a public one, and one hostname leads to one kind; write edge.entrance once, under defaults`,
});

/** What a public entrance leaves unused. */
function idle({name, region}: Entry): Fault[] {
  const existing = mapping(region.existing);
  const path = ["regions", name, "existing"];
  const message = "is for an internal entrance; write edge.entrance: internal, or take it out";
  return [
    ...(list(existing.hubs).length > 0 ? [{path: [...path, "hubs"], message}] : []),
    ...(mapping(existing.network).entrance === undefined
      ? []
      : [{path: [...path, "network", "entrance"], message}]),
  ];
}

function networkFaults({name, region, space}: Entry): Fault[] {
  const {network} = mapping(region.existing);
  if (network === undefined) return [];
  const path = ["regions", name, "existing", "network"];
  const {nodes, endpoints, entrance} = mapping(network);
  if (entrance === undefined)
    return [
      {
        path,
        message:
          "has no place for the internal entrance; give entrance: {subnet, address}, a subnet of its own and an address in it",
      },
    ];
  const {subnet, address} = mapping(entrance);
  return [
    ...(isText(subnet) && isText(nodes) && networkOf(subnet) !== networkOf(nodes)
      ? [
          {
            path: [...path, "entrance", "subnet"],
            message:
              "is in another network than nodes, where AKS does not look; name a subnet of that one",
          },
        ]
      : []),
    ...([nodes, endpoints].some((other) => isSame(subnet, other))
      ? [
          {
            path: [...path, "entrance", "subnet"],
            message:
              "is that of nodes or endpoints, which may take the entrance's address; name one of its own",
          },
        ]
      : []),
    ...(isOutside(address, space)
      ? [
          {
            path: [...path, "entrance", "address"],
            message: `is not in ${space}, the network's addresses; write one that is`,
          },
        ]
      : []),
  ];
}

/** ARM compares ids without regard to case. */
const isSame = (one: unknown, other: unknown) =>
  isText(one) && isText(other) && one.toLowerCase() === other.toLowerCase();

const networkOf = (subnet: string) => subnet.toLowerCase().split("/subnets/")[0]!;

function isOutside(address: unknown, space: unknown): boolean {
  const range = isText(space) ? parseCidr(space) : undefined;
  const found = isText(address) ? parseAddress(address) : undefined;
  if (!range || found === undefined) return false;
  return found < range.first || found >= range.first + sizeOf(range);
}

/** Whoever is moved to another region has to reach it beside its own. */
function overlapFaults(entries: readonly Entry[]): Fault[] {
  const ranges = entries.map(({space}) => (isText(space) ? parseCidr(space) : undefined));
  return entries.flatMap((entry, n) => {
    const range = ranges[n];
    const other = entries.find((_, m) => m < n && range && ranges[m] && overlaps(range, ranges[m]));
    if (!other) return [];
    const message = `its network has addresses of ${other.name}'s, and people inside reach both; give each its own network.space`;
    return [{path: at(entry, "network", "space"), message}];
  });
}

/** https://learn.microsoft.com/azure/dns/private-dns-virtual-network-links: one zone of a name for each network. */
function hubFaults(entries: readonly Entry[]): Fault[] {
  const asks = new Map<string, string>();
  for (const {name, region} of entries) {
    const {nodes} = mapping(mapping(region.existing).network);
    if (isText(nodes)) asks.set(networkOf(nodes), name);
  }
  return entries.flatMap(({name, region}) =>
    list(mapping(region.existing).hubs).flatMap((hub, n) => {
      if (!isText(hub)) return [];
      const other = asks.get(hub.toLowerCase());
      asks.set(hub.toLowerCase(), other ?? name);
      if (other === undefined) return [];
      const path = ["regions", name, "existing", "hubs", n];
      const message = `is served by ${other} already, and a network asks one zone of a name; take it out of one`;
      return [{path, message}];
    }),
  );
}

function unweighted({name, region: {weight}}: Entry): Fault[] {
  if (!isNumber(weight) || weight === 1) return [];
  const path = ["regions", name, "weight"];
  const message = "shares users by Traffic Manager, which an internal entrance has not";
  return [{path, message: `${message}; take it out, and give hubs to regions`}];
}

/** Each region has a name below the hostname. */
function longNames(file: Mapping, entries: readonly Entry[]): Fault[] {
  const {hostname} = mapping(file.service);
  const long = entries.find(({name}) => isText(hostname) && `${name}.${hostname}`.length > 253);
  if (!long) return [];
  const message = `leaves no room for ${long.name} before it in 253 characters; choose a shorter one`;
  return [{path: ["service", "hostname"], message}];
}

/** What is said of names of the Internet. */
function unplaced(file: Mapping): Fault[] {
  const service = mapping(file.service);
  const places = Object.keys(mapping(mapping(file.routing).places)).map((place) => ({
    path: ["routing", "places", place],
    message:
      "is answered by Traffic Manager, which an internal entrance has not; take it out, and give hubs to regions",
  }));
  if (mapping(service.existing).zone === undefined) return places;
  const path = ["service", "existing", "zone"];
  const message = "is a public zone, and an internal entrance has no public name; take it out";
  return [...places, {path, message}];
}
