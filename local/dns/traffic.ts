import type {Place} from "../../regions/places/places.ts";

/**
 * Traffic Manager's rules, as its documentation states them, over profiles as a stack made them.
 * https://learn.microsoft.com/azure/traffic-manager/traffic-manager-routing-methods and
 * .../traffic-manager-nested-profiles, .../traffic-manager-monitoring
 */
export interface Profile {
  readonly id: string;
  readonly trafficRoutingMethod: "Geographic" | "Priority" | "Weighted";
  readonly dnsConfig: {readonly relativeName: string; readonly ttl: number};
  readonly monitorConfig: Monitor;
  readonly endpoints: readonly ProfileEndpoint[];
}

export interface Monitor {
  readonly protocol: string;
  readonly port: number;
  readonly path: string;
  readonly intervalInSeconds?: number;
  readonly timeoutInSeconds?: number;
  readonly toleratedNumberOfFailures?: number;
  readonly customHeaders?: readonly {readonly name: string; readonly value: string}[];
}

export interface ProfileEndpoint {
  readonly name: string;
  readonly endpointStatus?: string;
  /** `Enabled`: never probed, and always held to be well. */
  readonly alwaysServe?: string;
  /** The hostname of an external endpoint. */
  readonly target?: string;
  /** The id of the child profile, where the endpoint is nested. */
  readonly targetResourceId?: string;
  readonly weight?: number;
  readonly priority?: number;
  readonly geoMapping?: readonly string[];
  readonly minChildEndpoints?: number;
}

/** A DNS answer: what the root's name leads to, or nothing where no endpoint covers the place. */
export interface Route {
  readonly target: string;
  /** The time to live of the profile that was asked, in seconds. */
  readonly ttlS: number;
}

export interface Traffic {
  route(root: Profile, place: Place): Route | undefined;
  /** What is probed: external endpoints, but for those that are disabled or always served. */
  readonly targets: ReadonlyMap<string, Monitor>;
}

export function createTraffic({
  profiles,
  healthy,
  disabled = () => false,
  random = Math.random,
}: {
  profiles: readonly Profile[];
  healthy: (target: string) => boolean;
  /** Targets whose endpoints someone has disabled since. */
  disabled?: (target: string) => boolean;
  random?: () => number;
}): Traffic {
  const byId = new Map(profiles.map((profile) => [profile.id.toLowerCase(), profile]));
  const childOf = ({targetResourceId = ""}: ProfileEndpoint) =>
    byId.get(targetResourceId.toLowerCase());

  function route(root: Profile, place: Place): Route | undefined {
    const target = choose(root, place);
    return target === undefined ? undefined : {target, ttlS: root.dnsConfig.ttl};
  }

  function choose(profile: Profile, place: Place): string | undefined {
    const endpoint = pick(profile, place);
    const child = endpoint && childOf(endpoint);
    return child ? choose(child, place) : endpoint?.target;
  }

  function pick(profile: Profile, place: Place): ProfileEndpoint | undefined {
    const enabled = profile.endpoints.filter(isEnabled);
    if (profile.trafficRoutingMethod === "Geographic") return byPlace(enabled, place);
    const well = enabled.filter(online);
    // When none is well, all are answered as if they were.
    const open = well.length > 0 ? well : enabled;
    if (profile.trafficRoutingMethod === "Priority") return byPriority(open);
    return byWeight(open, random());
  }

  const isEnabled = ({endpointStatus, target}: ProfileEndpoint) =>
    endpointStatus !== "Disabled" && !(target !== undefined && disabled(target));

  /** A nested endpoint is well while enough of its child's endpoints are. */
  function online(endpoint: ProfileEndpoint): boolean {
    const child = childOf(endpoint);
    if (!child) return endpoint.alwaysServe === "Enabled" || healthy(endpoint.target ?? "");
    const well = child.endpoints.filter((other) => isEnabled(other) && online(other));
    return well.length >= (endpoint.minChildEndpoints ?? 1);
  }

  const targets = new Map(
    profiles.flatMap(({endpoints, monitorConfig}) =>
      endpoints.flatMap(({target, endpointStatus, alwaysServe}) =>
        target && endpointStatus !== "Disabled" && alwaysServe !== "Enabled"
          ? [[target, monitorConfig] as const]
          : [],
      ),
    ),
  );
  return {route, targets};
}

/** The most specific code that covers the place. Geographic routing does not look at health. */
function byPlace(endpoints: readonly ProfileEndpoint[], {azure, group}: Place) {
  const country = azure.split("-")[0] as string;
  for (const code of [azure, country, group, "WORLD"]) {
    const found = endpoints.find(({geoMapping = []}) => geoMapping.includes(code));
    if (found) return found;
  }
  return undefined;
}

function byPriority(endpoints: readonly ProfileEndpoint[]) {
  return endpoints.toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))[0];
}

function byWeight(endpoints: readonly ProfileEndpoint[], point: number) {
  let rest = point * endpoints.reduce((sum, {weight = 1}) => sum + weight, 0);
  return (
    endpoints.find(({weight = 1}) => {
      rest -= weight;
      return rest < 0;
    }) ?? endpoints.at(-1)
  );
}
