import {join} from "node:path";
import {type Balancer, type Endpoint, startBalancer} from "../../cloud/balancer.ts";
import type {Authority} from "../../cloud/certs.ts";
import type {Identities} from "../../cloud/identities.ts";
import {
  isEdge,
  mountedSecrets,
  of,
  type PodSpec,
  podsOf,
  type ServiceSpec,
  servicesOf,
} from "../../cloud/kubernetes/pods.ts";
import {type ModelHost, startModelHost} from "../../cloud/models/host.ts";
import type {Resource} from "../../cloud/resource.ts";
import {NAMESPACE} from "../../infra/cluster/cluster.ts";
import {issuerPorts} from "../../infra/cluster/issuer.ts";
import {proxyPorts} from "../../infra/cluster/proxy.ts";
import {replicasName} from "../../infra/cluster/replicas-name.ts";
import type {Started} from "../../ops/rollout/running.ts";
import type {Range} from "../../regions/world.ts";
import {until} from "../../setup/until.ts";
import {clusterLookup} from "../dns/names.ts";
import {isWell} from "../dns/probes.ts";
import {type Lookup, startResolver} from "../dns/resolver.ts";
import {type Cluster, type Images, startCluster} from "./cluster.ts";
import {familiesOf, hostKey, otherHosts} from "./hosts.ts";
import {publicPort} from "./ports.ts";

export interface RunningRegion {
  readonly name: string;
  /** Where DNS sends users: 127.N.0.1. */
  readonly address: string;
  readonly model: ModelHost;
  /** Hosts of models that are not Azure's. */
  readonly others: readonly ModelHost[];
  readonly cluster: Cluster;
  /** Takes the region off the network: nobody reaches its address. */
  lose(): void;
  restore(): Promise<void>;
}

export interface RegionOptions {
  readonly name: string;
  /** The first two octets of all its addresses. */
  readonly net: string;
  /** What the region's stack made. */
  readonly resources: readonly Resource[];
  /** How many pods of a workload run at first, and how many there is room for. */
  readonly counts: (workload: string) => Range;
  readonly identities: Identities;
  readonly authority: Authority;
  readonly authorityFile: string;
  /** What the edge's certificate is for, beside the region's own name and address. */
  readonly hostname: string;
  readonly images: Images;
  readonly folder: string;
  readonly outside: Lookup;
  readonly dnsPort: number;
  /** Where tokens are had when there is no edge. */
  readonly issuerPort: number;
  readonly forward: string | undefined;
  readonly firstByteMs: number | undefined;
  /** How long servers on GPUs take to load their weights. */
  readonly weightsMs: number;
  /** Of those weights, by model, where they are not as the templates say. */
  readonly families: Readonly<Record<string, string>>;
  /** Times the quota that the deployments have. */
  readonly quotaFactor: number;
  /** Names of deployments that answer 410. */
  readonly retired: readonly string[];
  /** Called with what stops each part as soon as it runs, and with each process. */
  readonly started: (stop: () => unknown) => void;
  readonly note: (started: Started) => void;
  readonly say: (line: string) => void;
}

/** Runs what a region's stack made: its model host, its cluster's pods, its load balancer. */
export async function startRegion(options: RegionOptions): Promise<RunningRegion> {
  const {name, net, resources, authority, started} = options;
  const {address, publicName, ...modelNames} = namesOf(resources)!;
  const model = await startModel(options, modelNames);
  started(model.close);
  const others = await startOthers(options, modelNames.modelAddress);
  for (const host of others) started(host.close);

  const certificate = await authority.issue([options.hostname, publicName, address]);
  const services = servicesOf(resources);
  let cluster: Cluster | undefined;
  const select = (service: string) => {
    const found = services.find(({name}) => name === service);
    return (found && cluster?.select(found.selector, found.unready)) ?? [];
  };
  const dns = {host: dnsAddress(net), port: options.dnsPort};
  const names = services.map(({name}) => name);
  const lookup = clusterLookup({
    namespace: NAMESPACE,
    services: names,
    select,
    outside: options.outside,
  });
  started((await startResolver({listen: dns, lookup})).close);

  const specs = podsOf({
    resources,
    replicas: (workload) => options.counts(workload).max,
    addressOf: podAddress(net),
    secretOf: secretsOf(resources, `${certificate.certificate}\n${certificate.key}\n`),
    assertionOf: (serviceAccount) => options.identities.assertionOf(resources, serviceAccount),
  });
  cluster = await startCluster({
    region: name,
    specs: runnable(specs, options.images),
    begins: (workload) => options.counts(workload).min,
    folder: join(options.folder, name),
    images: options.images,
    dns,
    authorityFile: options.authorityFile,
    models: serving(options),
    started,
    note: options.note,
    say: options.say,
  });
  const running = cluster;
  const open = async () =>
    (
      await Promise.all(
        services
          .filter(({addressName}) => addressName)
          .map((service) =>
            startBalancers({service, address, cluster: running, certificate, options}),
          ),
      )
    ).flat();
  let balancers = await open();
  const lose = () => {
    for (const {close} of balancers.splice(0)) close();
  };
  started(lose);
  const restore = async () => {
    balancers = await open();
  };
  await untilServing(name, {host: address, port: publicPort(443)}, options.hostname);
  return {name, address, model, others, cluster, lose, restore};
}

/** What its servers on GPUs are told that real ones know by their weights. */
function serving({resources, families, forward, weightsMs: loadMs}: RegionOptions) {
  const given = Object.entries(families).map(
    ([model, family]) => [replicasName({model}), family] as const,
  );
  return {families: new Map([...familiesOf(resources), ...given]), forward, loadMs};
}

/** All that a region listens on. */
export function regionAddresses({
  resources,
  net,
  counts,
  images,
}: Pick<RegionOptions, "resources" | "net" | "counts" | "images">): string[] {
  const {address, modelAddress, others} = namesOf(resources)!;
  const unread = () => "";
  const specs = podsOf({
    resources,
    replicas: (workload) => counts(workload).max,
    addressOf: podAddress(net),
    secretOf: unread,
    assertionOf: unread,
  });
  return [
    ...[address, modelAddress, dnsAddress(net)],
    ...others.map(([, other]) => other),
    ...runnable(specs, images).map((pod) => pod.address),
  ];
}

const dnsAddress = (net: string) => `${net}.0.53`;
const podAddress = (net: string) => (index: number) => `${net}.1.${index}`;

/** Without Envoy there are no edges. */
const runnable = (specs: readonly PodSpec[], {envoy}: Images) =>
  specs.filter(({image}) => envoy || !isEdge(image));

/** The edge has found its proxies and heard their votes. */
async function untilServing(region: string, at: Endpoint, hostname: string) {
  await until(() => isWell(at, hostname, {path: "/healthz", timeoutInSeconds: 1}), {
    what: `${region} answers /healthz with 200`,
    withinMs: SERVING_WITHIN_MS,
    everyMs: 50,
  });
}

/** As long as its processes may take. */
const SERVING_WITHIN_MS = 60_000;

function startModel(
  options: RegionOptions,
  {model, modelId, modelAddress}: {model: string; modelId: string; modelAddress: string},
) {
  interface Deployment {
    readonly deploymentName: string;
    readonly sku: {readonly name: string; readonly capacity: number};
    readonly properties: {readonly model: {readonly name: string}};
  }
  const {name, resources, identities, authority, forward, firstByteMs} = options;
  const {quotaFactor, retired} = options;
  const deployments = of<Deployment>(resources, "azure-native:cognitiveservices:Deployment");
  return startModelHost({
    hostname: model,
    listen: {host: modelAddress, port: publicPort(443)},
    deployments: Object.fromEntries(
      deployments.map(({deploymentName, properties}) => [deploymentName, properties.model.name]),
    ),
    skus: Object.fromEntries(
      deployments.map(({deploymentName, sku}) => [deploymentName, sku.name]),
    ),
    capacities: Object.fromEntries(
      deployments
        // Provisioned units have no quota: they are full or not.
        .filter(({sku}) => !sku.name.includes("Provisioned"))
        .map(({deploymentName, sku}) => [deploymentName, quotaFactor * sku.capacity]),
    ),
    retired,
    location: name,
    tokens: identities.tokensFor(modelId),
    authority,
    forward,
    firstByteMs,
  });
}

/** Endpoints that Azure does not host: here they are this machine's too. */
function startOthers(
  {resources, authority, forward, firstByteMs}: RegionOptions,
  modelAddress: string,
) {
  return Promise.all(
    otherHosts(resources).map(({hostname, port, models, family, http2, secret}, at) =>
      startModelHost({
        hostname,
        listen: {host: otherAddress(modelAddress, at), port: publicPort(port)},
        deployments: Object.fromEntries(models.map((name) => [name, name])),
        paths: "openai",
        family,
        http2,
        tokens: secret === undefined ? undefined : [hostKey(secret)],
        authority,
        forward,
        firstByteMs,
      }),
    ),
  );
}

/** After the account's own. */
const otherAddress = (modelAddress: string, at: number) =>
  modelAddress.replace(/\.2$/, `.${OTHERS + at}`);
const OTHERS = 10;

/** From the region's vault: its secrets, and what the platform team puts there: keys of hosts, the certificate. */
function secretsOf(resources: readonly Resource[], certificate: string) {
  const keys = otherHosts(resources).flatMap(({secret}) =>
    secret === undefined ? [] : [[secret, hostKey(secret)] as const],
  );
  const secrets = new Map([
    ...vaultSecrets(resources),
    ...keys,
    [certificateName(resources), certificate],
  ]);
  return (name: string) => {
    const value = secrets.get(name);
    if (value === undefined)
      throw new Error(`the vault holds no ${name}; the stack should have put it there`);
    return value;
  };
}

/** The name, in the vault, of the certificate that the edge reads. */
function certificateName(resources: readonly Resource[]): string {
  interface SecretClass {
    readonly spec: {readonly parameters: {readonly objects: string}};
  }
  const type = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass";
  const mounted = of<SecretClass>(resources, type).flatMap(({spec}) =>
    mountedSecrets(spec.parameters.objects),
  );
  return mounted.find(({file}) => file === "tls.pem")?.name ?? "edge";
}

function vaultSecrets(resources: readonly Resource[]): Map<string, string> {
  interface Secret {
    readonly secretName: string;
    readonly properties: {readonly value: string};
  }
  const secrets = of<Secret>(resources, "azure-native:keyvault:Secret");
  return new Map(secrets.map(({secretName, properties}) => [secretName, properties.value]));
}

/** What Azure gave names and addresses to in a region; undefined for a stack that is no region's. */
export function namesOf(resources: readonly Resource[]) {
  interface PublicAddress {
    readonly ipAddress: string;
    readonly dnsSettings: {readonly fqdn: string};
  }
  interface Account {
    readonly properties: {readonly endpoint: string};
  }
  const found = resources.find(
    ({type, inputs}) => type === "azure-native:network:PublicIPAddress" && inputs.dnsSettings,
  );
  const host = resources.find(({type}) => type === "azure-native:cognitiveservices:Account");
  if (!found) return undefined;
  const {ipAddress, dnsSettings} = found.outputs as unknown as PublicAddress;
  const modelAddress = ipAddress.replace(/\.1$/, ".2");
  return {
    address: ipAddress,
    publicName: dnsSettings.fqdn,
    // Without an account the model host is one that nobody asks.
    model: host ? new URL((host.outputs as unknown as Account).properties.endpoint).hostname : "",
    modelId: host?.id ?? "",
    modelAddress,
    others: otherHosts(resources).map(
      ({hostname}, at) => [hostname, otherAddress(modelAddress, at)] as const,
    ),
  };
}

interface Balancing {
  readonly service: ServiceSpec;
  readonly address: string;
  readonly cluster: Cluster;
  readonly certificate: {readonly certificate: string; readonly key: string};
  readonly options: RegionOptions;
}

/** Layer 4 in front of the edge; without one, in front of the proxies, ending TLS for them. */
function startBalancers({
  service,
  address,
  cluster,
  certificate,
  options,
}: Balancing): Promise<Balancer[]> {
  const at = (selector: Record<string, string>, port: number) => (): Endpoint[] =>
    cluster.select(selector).map((host) => ({host, port}));
  if (options.images.envoy)
    return Promise.all(
      service.ports.map(({port, targetPort}) =>
        startBalancer({
          listen: {host: address, port: publicPort(port)},
          targets: at(service.selector, targetPort),
        }),
      ),
    );
  // Completions are HTTP/2; health probes speak HTTP/1.1, as the admin page does.
  const proxies = at({[NAME]: "proxy"}, proxyPorts.http);
  const admin = at({[NAME]: "proxy"}, proxyPorts.admin);
  return Promise.all([
    startBalancer({
      listen: {host: address, port: publicPort(443)},
      targets: (protocol) => (protocol === "h2" ? proxies() : admin()),
      termination: {...certificate, protocols: ["h2", "http/1.1"]},
    }),
    startBalancer({
      listen: {host: address, port: options.issuerPort},
      targets: at({[NAME]: "issuer"}, issuerPorts.http),
      termination: {...certificate, protocols: ["http/1.1"]},
    }),
  ]);
}

const NAME = "app.kubernetes.io/name";
