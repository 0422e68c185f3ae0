import {mkdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {TENANT} from "../../cloud/azure/arm.ts";
import {environmentAt} from "../../cloud/azure/environments.ts";
import type {Endpoint} from "../../cloud/balancer.ts";
import {type Authority, createAuthority} from "../../cloud/certs.ts";
import {createCloud} from "../../cloud/cloud.ts";
import {startEntra} from "../../cloud/entra.ts";
import {
  GITHUB,
  GITHUB_SITE,
  type Person,
  startGithub,
  vouchedByGithub,
  writePeople,
} from "../../cloud/github.ts";
import {createIdentities} from "../../cloud/identities.ts";
import type {Asked} from "../../cloud/models/asked.ts";
import type {Resource} from "../../cloud/resource.ts";
import {type Built, environmentIn, existingIds, runStacks} from "../../cloud/stacks/stacks.ts";
import {issuerPorts} from "../../infra/cluster/issuer.ts";
import {proxyPorts} from "../../infra/cluster/proxy.ts";
import {replicasName} from "../../infra/cluster/replicas-name.ts";
import {programs} from "../../infra/image/bundle.ts";
import {cloudOf} from "../../regions/clouds/clouds.ts";
import {isInside} from "../../regions/names.ts";
import {type Place, placeByCode} from "../../regions/places/places.ts";
import type {Range, Region, World} from "../../regions/world.ts";
import {publicLookup} from "../dns/names.ts";
import {type Probes, startProbes} from "../dns/probes.ts";
import {startResolver} from "../dns/resolver.ts";
import {createTraffic, type Profile} from "../dns/traffic.ts";
import {type Claim, claim} from "./claim.ts";
import type {Images} from "./cluster.ts";
import {type Listens, requireAddresses} from "./loopback.ts";
import {publicPort, requirePorts, type Wanted} from "./ports.ts";
import {namesOf, type RunningRegion, regionAddresses, startRegion} from "./region.ts";

export interface WorldOptions {
  readonly world: World;
  /** Proxies in each region. */
  readonly proxies: number;
  /** The same of edges; one if not given. */
  readonly edges?: number;
  /** An OpenAI-compatible server that completes in place of the world's own completer. */
  readonly model?: string | undefined;
  /** How long models take to begin an answer; quick if not given. */
  readonly firstByteMs?: number;
  /** How long servers on GPUs take to load their weights; no time if not given. */
  readonly weightsMs?: number;
  /** The families of their weights, by model, where those are not as the models' templates say. */
  readonly families?: Readonly<Record<string, string>> | undefined;
  /** Times the quota that the deployments have, for loads beyond it; 1 if not given. */
  readonly quotaFactor?: number;
  /** Names of models that have been retired: their deployments answer 410. */
  readonly retired?: readonly string[];
  /** Envoy's program; without it clients reach the proxies directly. */
  readonly envoy?: string | undefined;
  /** The world's own folder; emptied at start. */
  readonly folder?: string;
  /** Second octet of the shared addresses; region N has the Nth after it. Two worlds need two blocks. */
  readonly block?: number;
  /** Between health probes, instead of what the profiles say. */
  readonly probeMs?: number;
  /** Whether a health probe of a region is lost on its way; none is if not given. */
  readonly probeLost?: (region: string) => boolean;
  /** Whether this machine listens on an address; it is tried if not given. */
  readonly listens?: Listens;
  /** Ports that must be free beside the world's own. */
  readonly beside?: readonly Wanted[];
  /** What the stacks made already; the world runs them itself if not given. */
  readonly built?: Built;
  readonly say?: (line: string) => void;
}

export interface RunningWorld {
  readonly regions: readonly RunningRegion[];
  readonly edge: boolean;
  readonly hostname: string;
  /** Where the service answers on each region's address. */
  readonly port: number;
  /** Where tokens are had when there is no edge to route to the issuer; else the same as `port`. */
  readonly issuerPort: number;
  readonly dns: Endpoint;
  /** Where the stand-in for GitHub is. */
  readonly github: Endpoint;
  readonly authority: Authority;
  readonly authorityFile: string;
  readonly people: readonly Person[];
  readonly peopleFile: string;
  /** Whether DNS still answers with a region. */
  healthy(region: string): boolean;
  /** Disables a region's endpoints in Traffic Manager, or enables them: it takes no new users, and serves on. */
  drain(region: string, drained: boolean): void;
  stop(): Promise<void>;
}

/** A request to a model host, and the region that the host is of. */
export interface AskedIn extends Asked {
  readonly region: string;
}

/** All that a world's model hosts were asked under an id, in the order of time. */
export const requestsOf = ({regions}: Pick<RunningWorld, "regions">, id: string): AskedIn[] =>
  regions
    .flatMap(({name, model, others}) =>
      [model, ...others].flatMap((host) => {
        const asked = host.asked(id);
        return asked ? [{...asked, region: name}] : [];
      }),
    )
    .toSorted((a, b) => a.atMs - b.atMs);

const FOLDER = fileURLToPath(new URL("../../.meridian/world", import.meta.url));
/** Where tokens are had when there is no edge to find the issuer by path. */
const ISSUER_PORT = 8444;
const DNS_PORT = 8053;
const DEFAULT_PLACE = "NA-US";

/** Runs what the stacks make of `world`, on loopback. Rejects, with nothing left running, if a part fails. */
export async function startWorld(options: WorldOptions): Promise<RunningWorld> {
  const {folder = FOLDER} = options;
  const held = claim(folder);
  const stops: (() => unknown)[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await Promise.all(stops.splice(0).map((part) => part()));
    held.release();
  };
  // A part that was still starting when another failed is stopped as soon as it runs.
  const started = (part: () => unknown) => void (stopping ? part() : stops.push(part));
  try {
    return {...(await start(options, {folder, started, note: held.note})), stop};
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Starting {
  readonly folder: string;
  /** Called with what stops each part that has been started. */
  readonly started: (stop: () => unknown) => void;
  readonly note: Claim["note"];
}

async function start(options: WorldOptions, {folder, started, note}: Starting) {
  const {block = 0, say = () => {}, envoy} = options;
  requirePublic(options.world);
  const {world, changed} = vouchedByGithub(options.world);
  if (changed)
    say("users are vouched for by a stand-in for GitHub, not by whom regions.yaml names");
  const netOf = (region: string) =>
    `127.${block + 1 + world.regions.findIndex(({name}) => name === region)}`;
  const shared = [1, 2, 3].map((host) => `127.${block}.0.${host}`) as [string, string, string];
  const [dnsHost, githubHost, loginHost] = shared;
  await requirePorts([
    ...(options.beside ?? []),
    {host: dnsHost, port: DNS_PORT},
    ...[githubHost, loginHost].map((host) => ({host, port: publicPort(443)})),
    ...world.regions.flatMap(({name}) => portsOf(netOf(name))),
  ]);
  const cloud = createCloud({
    addressOf: (location) => `${netOf(location)}.0.1`,
    existing: existingIds(world),
    environment: environmentIn(world),
  });
  const [built, authority, images] = await Promise.all([
    options.built ?? runStacks(world, {cloud}),
    createAuthority(),
    unpackImage(join(folder, "image"), envoy),
  ]);
  const own = world.regions.flatMap((region) => {
    const [resources, net] = [resourcesOf(built, region.name), netOf(region.name)];
    return regionAddresses({resources, net, counts: countsIn(region, options), images});
  });
  await requireAddresses([...shared, ...own], {listens: options.listens});

  const authorityFile = join(folder, "authority.pem");
  writeFileSync(authorityFile, authority.pem);
  const peopleFile = join(folder, "credentials.json");
  const people = writePeople(peopleFile);

  const github = {host: githubHost, port: publicPort(443)};
  const issued = await authority.issue([GITHUB, GITHUB_SITE]);
  started((await startGithub({listen: github, peopleFile, ...issued})).close);

  const login = {host: loginHost, port: publicPort(443)};
  const identities = createIdentities(built.stacks.flatMap(({resources}) => resources));
  const {audience} = environmentAt(world.service.home);
  const audiences = audience ? [audience] : [];
  const entra = {listen: login, tenant: TENANT, workloads: identities.workloads, audiences};
  started(
    (await startEntra({...entra, ...(await authority.issue([cloudOf(world).hosts.login]))})).close,
  );

  const outside = new Map([
    [GITHUB, github.host],
    [GITHUB_SITE, github.host],
    [cloudOf(world).hosts.login, login.host],
  ]);
  const names = createNames(world, built, outside);
  const dns = {host: dnsHost, port: DNS_PORT};
  started(
    (
      await startResolver({
        listen: dns,
        lookup: names.lookup,
        zones: [world.service.zone, cloudOf(world).hosts.profiles],
      })
    ).close,
  );

  const regions = await Promise.all(
    world.regions.map((region) =>
      startRegion({
        name: region.name,
        net: netOf(region.name),
        resources: resourcesOf(built, region.name),
        counts: countsIn(region, options),
        identities,
        authority,
        authorityFile,
        hostname: world.service.hostname,
        images,
        folder,
        outside: names.lookup,
        dnsPort: DNS_PORT,
        issuerPort: ISSUER_PORT,
        forward: options.model,
        firstByteMs: options.firstByteMs,
        quotaFactor: options.quotaFactor ?? 1,
        weightsMs: options.weightsMs ?? 0,
        families: options.families ?? {},
        retired: region.deployments
          .filter(({model}) => options.retired?.includes(model))
          .map(({name}) => name),
        started,
        note,
        say,
      }),
    ),
  );
  const probes = names.watch({
    intervalMs: options.probeMs,
    lost: options.probeLost,
    changed: (region, healthy) =>
      say(`DNS: ${region} is ${healthy ? "back in" : "out of"} rotation`),
  });
  started(probes.close);
  const port = publicPort(443);
  return {
    regions,
    edge: envoy !== undefined,
    hostname: world.service.hostname,
    port,
    issuerPort: envoy ? port : ISSUER_PORT,
    dns,
    github,
    authority,
    authorityFile,
    people,
    peopleFile,
    healthy: (region: string) => probes.healthy(publicNames(built).get(region) ?? ""),
    drain: names.drain,
  };
}

/** How many pods of a workload run in a region at first, and how many there is room for. */
function countsIn({replicas}: Region, {proxies, edges = 1}: WorldOptions) {
  const servers = replicas.map((own) => [replicasName(own), own.count] as const);
  const fixed = Object.entries({proxy: proxies, edge: edges});
  const counts = new Map<string, Range>([
    ...servers,
    ...fixed.map(([name, count]) => [name, {min: count, max: count}] as const),
  ]);
  return (workload: string): Range => counts.get(workload) ?? {min: 1, max: 1};
}

/** Of a region: its entrance's, and those of pods, which have addresses beside it. */
const portsOf = (net: string): Wanted[] => [
  ...[publicPort(443), ISSUER_PORT].map((port) => ({host: `${net}.0.1`, port})),
  ...[...Object.values(proxyPorts), ...Object.values(issuerPorts)].map((port) => ({
    host: `${net}.1.1`,
    port,
  })),
];

/** The local world finds regions by their public addresses and Traffic Manager's profiles. */
function requirePublic(world: World): void {
  if (!isInside(world)) return;
  throw new Error(
    "this machine has no private DNS to run an internal entrance by; leave out edge.entrance in a copy of regions.yaml to try the rest",
  );
}

/** Puts the image's files where pods find them. */
async function unpackImage(folder: string, envoy: string | undefined): Promise<Images> {
  const {files} = await programs();
  mkdirSync(folder, {recursive: true});
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, "package.json"), '{"type": "module"}\n');
  return {proxy: folder, envoy};
}

/** The world's DNS: what the dns stack made, the regions' public addresses, and the model hosts'. */
function createNames(world: World, built: Built, others: ReadonlyMap<string, string>) {
  const resources = resourcesOf(built, "dns");
  const profiles = resources
    .filter(({type}) => type === "azure-native:trafficmanager:Profile")
    .map(({id, inputs}) => ({...inputs, id}) as unknown as Profile);
  let probes: Probes | undefined;
  const drained = new Set<string>();
  const traffic = createTraffic({
    profiles,
    healthy: (target) => probes?.healthy(target) ?? true,
    disabled: (target) => drained.has(regionOf.get(target) ?? target),
  });
  const addresses = new Map([...others, ...builtAddresses(built)]);
  const lookup = publicLookup({
    resources,
    zone: world.service.zone,
    manager: cloudOf(world).hosts.profiles,
    profiles,
    traffic,
    addresses,
    otherwise: placeByCode(DEFAULT_PLACE) as Place,
  });
  const regionOf = new Map([...publicNames(built)].map(([region, name]) => [name, region]));

  /** From when the regions are up. */
  function watch({
    intervalMs,
    lost = () => false,
    changed,
  }: {
    intervalMs: number | undefined;
    lost: ((region: string) => boolean) | undefined;
    changed: (region: string, healthy: boolean) => void;
  }): Probes {
    probes = startProbes({
      targets: traffic.targets,
      reach: (target) => ({host: addresses.get(target) ?? "", port: publicPort(443)}),
      lost: (target) => lost(regionOf.get(target) ?? target),
      changed: (target, healthy) => changed(regionOf.get(target) ?? target, healthy),
      ...(intervalMs !== undefined && {intervalMs}),
    });
    return probes;
  }

  function drain(region: string, isDrained: boolean) {
    if (isDrained) drained.add(region);
    else drained.delete(region);
  }

  return {lookup, watch, drain};
}

/** Name to address of what Azure gave both. */
const builtAddresses = ({stacks}: Built): (readonly [string, string])[] =>
  stacks.flatMap(({resources}) => {
    const names = namesOf(resources);
    if (!names) return [];
    const {publicName, address, model, modelAddress, others} = names;
    return [[publicName, address], [model, modelAddress], ...others];
  });

/** Region to public name. */
const publicNames = ({stacks}: Built): Map<string, string> =>
  new Map(
    stacks.flatMap(({name, resources}) => {
      const names = namesOf(resources);
      return names ? [[name, names.publicName] as const] : [];
    }),
  );

const resourcesOf = (built: Built, stack: string): readonly Resource[] =>
  built.stacks.find(({name}) => name === stack)?.resources ?? [];
