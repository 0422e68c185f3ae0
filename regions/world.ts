import type {Balance, ChatParameters, ModelApi, ModelTemplate, Rules} from "../proxy/policy.ts";
import type {CloudName} from "./azure.ts";

/** regions.yaml, validated and with all defaults filled in. */
export interface World {
  readonly service: Service;
  /** Models by the name that clients use. */
  readonly models: Readonly<Record<string, Model>>;
  /** Content filters by name; none where nothing is said. */
  readonly filters?: Readonly<Record<string, Filter>> | undefined;
  /** Sorted by name, whatever the order in the file. */
  readonly regions: readonly Region[];
  readonly routing: Routing;
  /** Traffic rules, passed to the proxies as they are. */
  readonly traffic: Rules;
}

export interface Service {
  /** Prefix of every Azure name: 3 to 12 lower-case letters and digits, a letter first. */
  readonly name: string;
  /** The name that editors connect to, e.g. `completions.example.com`. */
  readonly hostname: string;
  /** The DNS zone that holds `hostname`, e.g. `example.com`. */
  readonly zone: string;
  /** The cloud of Azure that all of it is in. */
  readonly cloud: CloudName;
  /** The location of shared resources: registry, logs, the resource groups of `global` and `dns`. */
  readonly home: string;
  /** The TTL of DNS answers, in seconds. */
  readonly ttlS: number;
  readonly objective: Objective;
  readonly alerts: {
    /** Resource ids of Azure action groups. */
    readonly notify: readonly string[];
    /** Address of docs/runbooks.md, where people can read it. */
    readonly runbooks?: string | undefined;
  };
  readonly tokens: Tokens;
  /** Whether to recover a deleted vault of `global`. */
  readonly restore: boolean;
  readonly images: Images;
  /** Put on every Azure resource that takes tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** The id of the key that the registry is encrypted by, over Microsoft's. */
  readonly encryption?: {readonly key: string} | undefined;
  /** Ids of existing resources that `global` uses instead of creating them. */
  readonly existing: {
    readonly zone: string | undefined;
    readonly registry: string | undefined;
    readonly logs: string | undefined;
  };
}

/** The images that pods run. */
export interface Images {
  /** The public key, PEM, of whoever has to have signed them; undefined where nobody has. */
  readonly signedBy?: string | undefined;
  /** What the edge's image begins from, with its registry; the Dockerfile's if undefined. */
  readonly envoy?: string | undefined;
  /** An account of Docker Hub, as two secrets of a vault. */
  readonly dockerHub?:
    | {readonly vault: string; readonly user: string; readonly token: string}
    | undefined;
  /** Which stay in the registry beside those that regions run; all if undefined. */
  readonly keep?: {readonly days: number; readonly latest: number} | undefined;
  /** Whether clusters admit those of their own registry alone, by digest. */
  readonly admission: boolean;
}

/** A proxy that misses the objective over the window votes itself out of rotation. */
export interface Objective {
  /** The share of requests that must succeed, 0 to 1. */
  readonly success: number;
  readonly firstByteMs: number;
  readonly windowMs: number;
  /** Of next edits, over the model's. */
  readonly nextEdits?: OwnObjective;
}

/** What is said over another objective: `objectiveOf` of proxy/policy.ts puts them together. */
export type OwnObjective = Partial<Pick<Objective, "success" | "firstByteMs">>;

export interface Tokens {
  readonly lifetimeS: number;
  readonly exchange: Exchange;
  /** Personal keys; undefined where none are made. */
  readonly keys?: PersonalKeyTerms | undefined;
}

/** Keys that the service makes for its users, after a login at whom the exchange asks. */
export interface PersonalKeyTerms {
  readonly lifetimeS: number;
  /** The app that users sign in to. */
  readonly clientId: string;
  /** Asked for in the login. */
  readonly scopes: readonly string[];
}

/** How a user's credential is verified when a client exchanges it for a token. */
export type Exchange = GithubExchange | OidcExchange | IntrospectionExchange;

export interface GithubExchange {
  readonly kind: "github";
  /** The base URL of the GitHub API: `https://api.github.com` or an enterprise server's. */
  readonly api: string;
  /** Users must be members of one of them; empty admits everyone. */
  readonly organizations: readonly string[];
}

/** An OpenID provider whose access tokens are the credentials. */
export interface OidcExchange {
  readonly kind: "oidc";
  readonly issuer: string;
  readonly audience: string;
  /** The claim that identifies the user. */
  readonly claim: string;
  /** All of them are required. */
  readonly scopes: readonly string[];
  /** At least one is required; empty admits everyone. */
  readonly groups: readonly string[];
}

/** A server that checks each credential (RFC 7662). */
export interface IntrospectionExchange {
  readonly kind: "introspection";
  readonly url: string;
  readonly clientId: string;
  readonly audience?: string | undefined;
  /** All of them are required. */
  readonly scopes: readonly string[];
}

/** One model that clients may ask for. */
export type Model = AzureModel | UrlModel | GpuModel;

interface Asked {
  /** How its hosts are asked for completions. */
  readonly api: ModelApi;
  /** What it takes of a chat's parameters. */
  readonly parameters: ChatParameters;
  /** Further names for it; `*` at the end of one stands for any more of it. */
  readonly aliases: readonly string[];
  /** A key of `World.models`, which serves once no deployment of this one is left. */
  readonly successor?: string | undefined;
  /** A key of `World.models`, which takes what this one has no room for in a region. */
  readonly overflow?: string | undefined;
  /** How requests are shared among its deployments; by weight if undefined. */
  readonly balance?: Balance | undefined;
  /** The share of its requests, 0 to 1, that a second host may be asked for; none if undefined. */
  readonly hedge?: number | undefined;
  /** Over the service's. */
  readonly objective?: OwnObjective;
}

/** Deployed by us, in `Region.deployments`. */
export interface AzureModel extends Asked {
  readonly host: "azure";
  readonly format: string;
  readonly model: string;
  readonly version: string;
}

/** Served by others, in `Region.hosts`. */
export interface UrlModel extends Asked {
  readonly host: "url";
  /** The name that its hosts use. */
  readonly model: string;
  /** How its hosts are asked to fill in the middle; undefined where they take a suffix. */
  readonly template?: ModelTemplate | undefined;
}

/** Served by servers of our own, in `Region.replicas`. */
export interface GpuModel extends Asked {
  readonly host: "gpu";
  /** The name that its servers give it. */
  readonly model: string;
  /** How it is asked to fill in the middle. */
  readonly template?: ModelTemplate | undefined;
}

export interface Region {
  /** The Azure location, e.g. `westeurope`. */
  readonly name: string;
  readonly pool: string;
  /** The weight of its share of the pool's users, 1 to 100. */
  readonly weight: number;
  readonly state: "planned" | "serving" | "draining";
  /** A label that `routing.residency` names, e.g. `EU`. */
  readonly residency: string | undefined;
  /** Whether to recover a deleted account and vault of the same names. */
  readonly restore: boolean;
  readonly cluster: ClusterSizes;
  /** Address ranges with access to the API server and the vault; if undefined, all to the former and none to the latter. */
  readonly access: readonly string[] | undefined;
  readonly edge: {
    /** Whether editors come in by an address of the Internet, or of the region's network alone. All regions are alike. */
    readonly entrance: "public" | "internal";
    /** The address ranges that may ask; all if undefined. */
    readonly allow: readonly string[] | undefined;
    /** Of whom clients need a certificate, as PEM; undefined where they need none. */
    readonly clientCertificates?:
      | {readonly authorities: string; readonly revoked?: string | undefined}
      | undefined;
  };
  /** Numbers of pods. */
  readonly edges: Range;
  readonly proxies: Range;
  readonly issuers: Range;
  /** Kept for each edge and proxy pod. */
  readonly cores: number;
  readonly network: {
    /** The address space of the virtual network, as CIDR. */
    readonly space: string;
  };
  /** How nodes reach the world. */
  readonly outbound: "loadBalancer" | "nat" | "routes";
  readonly certificate: Certificate;
  /** The id of its Azure subscription, in lower case; undefined where the stack's configuration says it. */
  readonly subscription: string | undefined;
  readonly existing: Existing;
  readonly encryption?: Encryption | undefined;
  readonly flowLogs?: FlowLogs | undefined;
  readonly deployments: readonly Deployment[];
  readonly hosts: readonly Host[];
  /** One entry a model; none where no GPUs are asked for. */
  readonly replicas: readonly Replicas[];
}

/** Availability zones as a subscription counts them; undefined for all that a region has. */
export type Zones = readonly number[] | undefined;

/** What a node is. */
export interface Machines {
  readonly size: string;
  readonly zones: Zones;
  /** Gigabytes of its system disk; AKS's own choice if undefined. */
  readonly disk: number | undefined;
}

export interface ClusterSizes extends Machines {
  readonly nodes: Range;
  readonly system: Machines & {readonly nodes: Range};
  /** Of the API server: whether there is an agreement about its uptime. */
  readonly tier: "free" | "standard";
  /** The Kubernetes version, major and minor. */
  readonly version: string;
  /** Object ids of Entra groups. */
  readonly admins: readonly string[];
  /** In the region's local time; derived from its name and longitude if undefined. */
  readonly maintenance: {readonly day: string; readonly hour: number} | undefined;
  /** Whether its API server has an address in the region's network alone. */
  readonly private: boolean;
  /** Whether Azure Policy's add-on runs on it; undefined: as it is. */
  readonly azurePolicy?: boolean | undefined;
  /** Whether Defender for Containers watches it; undefined: as it is. */
  readonly defender?: boolean | undefined;
}

/** A certificate in the region's Key Vault. */
export interface Certificate {
  readonly name: string;
  /** A certificate authority known to the vault, or `Self`; undefined for an imported certificate. */
  readonly issuer: string | undefined;
}

/** Ids of existing resources that a region's stack uses instead of creating them. */
export interface Existing {
  readonly network:
    | {
        readonly nodes: string;
        readonly endpoints: string;
        /** The resource group with the private DNS zones that the network is linked to. */
        readonly zones: string | undefined;
        /** Of an internal entrance: a subnet of the nodes' network, and the address in it. */
        readonly entrance?: {readonly subnet: string; readonly address: string} | undefined;
      }
    | undefined;
  readonly registry: string | undefined;
  readonly vault: string | undefined;
  readonly logs: string | undefined;
  /** Virtual networks, beside the region's own, whose people it serves by an internal entrance. */
  readonly hubs: readonly string[];
}

/** A key of the company's own, over Microsoft's. */
export interface Encryption {
  /** The id of a key in a vault that is in the region's location. */
  readonly key: string;
  readonly of: readonly ("models" | "nodes" | "etcd")[];
}

/** Who spoke with whom in a region's network. */
export interface FlowLogs {
  /** The id of the storage account that keeps them. */
  readonly storage: string;
  /** 0 for ever. */
  readonly days: number;
  /** Whether they are read into the region's log workspace. */
  readonly analytics: boolean;
  /** The id of the location's network watcher; the one that Azure makes if undefined. */
  readonly watcher?: string | undefined;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One capacity allocation of a model in a region. */
export interface Deployment {
  /** Unique in its region and derived from model and sku, e.g. `copilot-codex-globalstandard`. */
  readonly name: string;
  /** A key of `World.models`. */
  readonly model: string;
  readonly sku: Sku;
  /** Thousands of tokens a minute, or provisioned throughput units where the sku is provisioned. */
  readonly capacity: number;
  /** The percentage of the model's requests in this region; 100 over all deployments. */
  readonly share: number;
  /** Those of a greater number are asked only where those of a smaller one have no room; 1 if undefined. */
  readonly priority?: number | undefined;
  /** A key of `World.filters`, or the name of one that every account has; Azure's own choice if undefined. */
  readonly filter?: string | undefined;
}

/** How Azure judges what a deployment is asked and what it answers. */
export interface Filter {
  readonly severity: "low" | "medium" | "high";
  readonly blocks: readonly ("jailbreak" | "indirectAttack" | "protectedText" | "protectedCode")[];
  readonly asynchronous: boolean;
}

/** A model host outside Azure, used by one region. */
export interface Host {
  /** Unique in its region and derived from model and number, e.g. `coder-1`. */
  readonly name: string;
  /** A key of `World.models`. */
  readonly model: string;
  readonly url: string;
  readonly protocol: "h2" | "http/1.1";
  /** The name of the secret in the region's vault that has its key; undefined where it needs none. */
  readonly key: string | undefined;
  /** The percentage of the model's requests in this region; 100 over all hosts. */
  readonly share: number;
  /** As a deployment's. */
  readonly priority?: number | undefined;
}

/** A model's servers in a region: vLLM, each on a GPU of its own. */
export interface Replicas {
  /** A key of `World.models`. */
  readonly model: string;
  readonly weights: Weights;
  /** Azure's name of the machines. */
  readonly size: string;
  readonly count: Range;
  readonly spot: boolean;
  /** Those of the region's other nodes if undefined. */
  readonly zones?: Zones;
  /** vLLM's arguments by their names, without dashes. */
  readonly engine: Readonly<Record<string, string | number | boolean>>;
}

/** What never changes once it is there. */
export interface Weights {
  /** The id of a storage account; the one that the region's stack makes if undefined. */
  readonly storage?: string | undefined;
  readonly container: string;
  /** A folder, without slashes at its ends. */
  readonly path: string;
  /** `sha256:` and the hash, in hex, of `manifest.json` in that folder. */
  readonly manifest: string;
}

export type Sku =
  | "Standard"
  | "GlobalStandard"
  | "DataZoneStandard"
  | "ProvisionedManaged"
  | "GlobalProvisionedManaged"
  | "DataZoneProvisionedManaged";

export interface Routing {
  /** Maps place codes (`africa`, `EU`, `EU-DE`, `NA-US-CA`) to the pool that serves them, instead of the nearest. */
  readonly places: Readonly<Record<string, string>>;
  /** Maps place codes to the residency labels of the regions that may serve them. */
  readonly residency: Readonly<Record<string, readonly string[]>>;
  /** Maps pools to their first fallback, instead of the nearest. */
  readonly fallback: Readonly<Record<string, string>>;
}
