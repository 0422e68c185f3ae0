import {familyOf, UNKNOWN_FAMILY} from "./models/families.ts";
import {CERTIFICATE} from "./name-rules.ts";
import {routingCode} from "./places/places.ts";
import type {WrittenGpu} from "./replicas/schema.ts";
import type {File} from "./schema.ts";
import type {
  Deployment,
  Exchange,
  Existing,
  Host,
  Model,
  OwnObjective,
  Region,
  Replicas,
  Tokens,
  World,
} from "./world.ts";

/** Defaults for regions where regions.yaml gives none. */
const STANDARD = {
  /** AKS's own default, which every location has: `kubernetes.ts` tells until when it is supported. */
  version: "1.36",
  /** One node for each zone, and room for upgrades. */
  systemNodes: {min: 3, max: 5},
  edges: {min: 3, max: 12},
  issuers: {min: 2, max: 6},
  cores: 1,
  space: "10.0.0.0/16",
} as const;

/** By the one code that the plan knows a place by. */
const byRoutingCode = <Said>(named: Readonly<Record<string, Said>>): Record<string, Said> =>
  Object.fromEntries(Object.entries(named).map(([place, said]) => [routingCode(place)!, said]));

/** Fills in all defaults of a valid file. */
export function complete(file: File): World {
  const names = Object.keys(file.regions).toSorted();
  const {service} = file;
  const {zone, registry, logs} = service.existing;
  const {nextEdits} = service.objective;
  return {
    service: {
      name: service.name,
      hostname: service.hostname,
      zone: service.zone,
      cloud: service.cloud,
      home: service.home ?? (names[0] as string),
      ttlS: service.ttl,
      objective: {
        success: service.objective.success,
        firstByteMs: service.objective.firstByte,
        windowMs: service.objective.window,
        ...(nextEdits && {nextEdits: completeOwn(nextEdits)}),
      },
      alerts: service.alerts,
      tokens: completeTokens(service.tokens),
      restore: service.restore,
      images: service.images,
      tags: service.tags,
      existing: {zone, registry, logs},
      ...(service.encryption && {encryption: service.encryption}),
    },
    models: Object.fromEntries(
      Object.entries(file.models).map(([name, model]) => [name, completeModel(model)]),
    ),
    ...(Object.keys(file.filters).length > 0 && {filters: file.filters}),
    regions: names.map((name) => completeRegion(file, name)),
    routing: {
      ...file.routing,
      places: byRoutingCode(file.routing.places),
      residency: byRoutingCode(file.routing.residency),
    },
    traffic: file.traffic,
  };
}

function completeTokens({lifetime, exchange, keys}: File["service"]["tokens"]): Tokens {
  const tokens = {lifetimeS: lifetime, exchange};
  if (!keys) return tokens;
  const {clientId, scopes = usualScopes(exchange)} = keys;
  // A key outlives every access token: OpenID Connect Core, section 11.
  const all = exchange.kind === "oidc" ? [...new Set([...scopes, "offline_access"])] : scopes;
  return {...tokens, keys: {lifetimeS: keys.lifetime, clientId, scopes: all}};
}

/** What the exchange asks of a credential. */
function usualScopes(exchange: Exchange): readonly string[] {
  if (exchange.kind !== "github") return exchange.scopes;
  return exchange.organizations.length > 0 ? ["read:org"] : [];
}

function completeModel({host, format, version, ...written}: File["models"][string]): Model {
  const {model, template, aliases, objective, successor, overflow} = written;
  const known = host === "azure" ? (familyOf(model) ?? UNKNOWN_FAMILY) : OWN_HOST;
  const {balance, hedge} = {...(host === "gpu" && ON_GPUS), ...withoutGaps(written)};
  const asked = {
    model,
    api: written.api ?? known.api,
    parameters: {...known.parameters, ...withoutGaps(written.parameters ?? {})},
    aliases,
    ...(successor !== undefined && {successor}),
    ...withoutGaps({overflow, balance, hedge}),
    ...(objective && {objective: completeOwn(objective)}),
  };
  if (host === "azure") return {host, format, version: version!, ...asked};
  return template ? {host, template, ...asked} : {host, ...asked};
}

type Own = NonNullable<File["models"][string]["objective"]>;

const completeOwn = ({success, firstByte}: Own): OwnObjective =>
  withoutGaps({success, firstByteMs: firstByte}) as OwnObjective;

/** What is not Azure's takes what its owners say. */
const OWN_HOST = {api: "completions", parameters: {}} as const;

/** Servers of one's own are few, each has what it read of late, and a late one is soon made up for. */
const ON_GPUS = {balance: "load", hedge: 0.02} as const;

function completeRegion({models, regions, defaults}: File, name: string): Region {
  const own = regions[name]!;
  const {pool = name, weight, state, residency, restore} = own;
  const either = {...defaults, ...withoutGaps(own)};
  return {
    name,
    pool,
    weight,
    state,
    residency,
    restore,
    cluster: completeCluster({...defaults.cluster, ...withoutGaps(own.cluster)}, [
      own.cluster.system,
      defaults.cluster.system,
    ]),
    access: either.access,
    edge: {
      entrance: own.edge.entrance ?? defaults.edge.entrance ?? "public",
      allow: own.edge.allow ?? defaults.edge.allow,
      ...withoutGaps({
        clientCertificates: own.edge.clientCertificates ?? defaults.edge.clientCertificates,
      }),
    },
    edges: either.edges ?? STANDARD.edges,
    proxies: either.proxies!,
    issuers: either.issuers ?? STANDARD.issuers,
    cores: either.cores ?? STANDARD.cores,
    network: {space: own.network.space ?? defaults.network.space ?? STANDARD.space},
    outbound: either.outbound ?? "loadBalancer",
    certificate: {
      name: own.certificate.name ?? defaults.certificate.name ?? CERTIFICATE,
      issuer: own.certificate.issuer ?? defaults.certificate.issuer,
    },
    subscription: own.subscription?.toLowerCase(),
    existing: completeExisting(own.existing),
    ...(own.encryption && {encryption: own.encryption}),
    ...(own.flowLogs && {flowLogs: own.flowLogs}),
    deployments: completeDeployments(either.deployments ?? []),
    hosts: completeHosts(either.hosts ?? []),
    replicas: completeReplicas(models, [defaults.gpus, own.gpus]),
  };
}

type Cluster = File["defaults"]["cluster"];

function completeCluster(
  {
    nodes,
    size,
    zones,
    disk,
    tier = "standard",
    version,
    admins,
    maintenance,
    private: hidden,
    azurePolicy,
    defender,
  }: Cluster,
  [own, shared]: readonly [Cluster["system"], Cluster["system"]],
): Region["cluster"] {
  return {
    nodes: nodes!,
    size: size!,
    zones,
    disk,
    system: {
      nodes: own.nodes ?? shared.nodes ?? STANDARD.systemNodes,
      size: own.size ?? shared.size ?? size!,
      zones: own.zones ?? shared.zones ?? zones,
      disk: own.disk ?? shared.disk ?? disk,
    },
    tier,
    version: version ?? STANDARD.version,
    admins: admins ?? [],
    maintenance,
    private: hidden ?? false,
    ...(azurePolicy !== undefined && {azurePolicy}),
    ...(defender !== undefined && {defender}),
  };
}

function completeExisting(written: File["regions"][string]["existing"]): Existing {
  const {network, registry, vault, logs, hubs} = written;
  const {nodes, endpoints, zones, entrance} = network ?? {};
  return {
    network: nodes && endpoints ? {nodes, endpoints, zones, entrance} : undefined,
    registry,
    vault,
    logs,
    hubs,
  };
}

/** Drops undefined keys, which would otherwise hide the defaults. */
function withoutGaps<Given extends object>(given: Given): Partial<Given> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Given>;
}

type Written = NonNullable<File["defaults"]["deployments"]>;

function completeDeployments(deployments: Written): Deployment[] {
  return deployments.map(({model, sku, capacity, share, priority, filter}) => ({
    name: `${model}-${sku.toLowerCase()}`,
    model,
    sku,
    capacity,
    share: share ?? openShare(model, deployments),
    ...withoutGaps({priority, filter}),
  }));
}

/** Numbers hosts within their model. */
function completeHosts(hosts: NonNullable<File["defaults"]["hosts"]>): Host[] {
  return hosts.map(({model, url, protocol, key, share, priority}, at) => {
    const number = hosts.slice(0, at + 1).filter((host) => host.model === model).length;
    const name = `${model}-${number}`;
    const shared = share ?? openShare(model, hosts);
    return {name, model, url, protocol, key, share: shared, ...withoutGaps({priority})};
  });
}

/** What a model says, then what is said over it: by the defaults, then by the region. */
function completeReplicas(
  models: File["models"],
  over: readonly File["defaults"]["gpus"][],
): Replicas[] {
  return Object.entries(models).flatMap(([model, {host, gpu}]) => {
    if (host !== "gpu") return [];
    const said = over.map((gpus) => withoutGaps(gpus?.[model] ?? {}));
    const written: WrittenGpu = Object.assign({...gpu!}, ...said);
    const {replicas: count, zones, ...machines} = written;
    return count === 0 ? [] : [{model, ...machines, count, ...withoutGaps({zones})}];
  });
}

/** Splits what the given shares of a model leave evenly among the others. */
function openShare(
  model: string,
  all: readonly {readonly model: string; readonly share?: number | undefined}[],
): number {
  const group = all.filter((other) => other.model === model);
  const said = group.reduce((sum, {share}) => sum + (share ?? 0), 0);
  const open = group.filter(({share}) => share === undefined).length;
  return (100 - said) / open;
}
