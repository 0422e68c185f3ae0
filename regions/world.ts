import type {Rules} from "../proxy/policy.ts";

/** What `regions.yaml` says, checked and completed: every default filled in, nothing left to guess. */
export interface World {
  readonly service: Service;
  /** By the name that clients ask for. */
  readonly models: Readonly<Record<string, Model>>;
  /** In order of name, whatever the order of the file. */
  readonly regions: readonly Region[];
  readonly routing: Routing;
  /** What proxies do to traffic; handed to them as it stands. */
  readonly traffic: Rules;
}

export interface Service {
  /** Prefix of every Azure name: 3 to 12 lower-case letters and digits, a letter first. */
  readonly name: string;
  /** What IDEs connect to, e.g. `completions.example.com`. */
  readonly hostname: string;
  /** The DNS zone that holds `hostname`, e.g. `example.com`. */
  readonly zone: string;
  /** The location of what is shared: registry, logs, the resource groups of `global` and `dns`. */
  readonly home: string;
  /** Of the DNS answers, in seconds. */
  readonly ttlS: number;
  readonly objective: Objective;
  readonly alerts: {
    /** Resource ids of Azure action groups. */
    readonly notify: readonly string[];
    /** Address of docs/runbooks.md. */
    readonly runbooks: string;
  };
  readonly tokens: Tokens;
  /** On every Azure resource that takes tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Resource ids of what `global` would make and is there already. */
  readonly existing: {
    readonly zone: string | undefined;
    readonly registry: string | undefined;
    readonly logs: string | undefined;
  };
}

/** A proxy that is under its objective over the window votes itself out of rotation. */
export interface Objective {
  /** Share of requests that must succeed, 0 to 1. */
  readonly success: number;
  readonly firstByteMs: number;
  readonly windowMs: number;
}

export interface Tokens {
  readonly lifetimeS: number;
  readonly exchange: Exchange;
}

/** Who vouches for a user when a client trades its credential for a token. */
export type Exchange = GithubExchange | OidcExchange | IntrospectionExchange;

export interface GithubExchange {
  readonly kind: "github";
  /** Base address of the GitHub API, `https://api.github.com` or an enterprise server's. */
  readonly api: string;
  /** Users must be members of one of them; empty lets all in. */
  readonly organizations: readonly string[];
}

/** An OpenID provider whose access tokens are the credentials. */
export interface OidcExchange {
  readonly kind: "oidc";
  readonly issuer: string;
  readonly audience: string;
  /** That names the user. */
  readonly claim: string;
  /** All of them are asked for. */
  readonly scopes: readonly string[];
  /** One of them is; empty lets all in. */
  readonly groups: readonly string[];
}

/** A server that says of each credential whether it holds (RFC 7662). */
export interface IntrospectionExchange {
  readonly kind: "introspection";
  readonly url: string;
  readonly clientId: string;
  readonly audience?: string | undefined;
  /** All of them are asked for. */
  readonly scopes: readonly string[];
}

/** One model that clients may ask for. */
export type Model = AzureModel | UrlModel;

interface Asked {
  /** How it can be asked: a model that only chats serves completions by chat. */
  readonly api: "completions" | "chat";
  /** Further names that it answers to; `*` for any that no model has. */
  readonly aliases: readonly string[];
}

/** Deployed by us, by `Region.deployments`. */
export interface AzureModel extends Asked {
  readonly host: "azure";
  readonly format: string;
  readonly model: string;
  readonly version: string;
}

/** Served by others, at `Region.hosts`. */
export interface UrlModel extends Asked {
  readonly host: "url";
  /** What its hosts call it. */
  readonly model: string;
}

export interface Region {
  /** The Azure location, e.g. `westeurope`. */
  readonly name: string;
  readonly pool: string;
  /** Share of the pool's users, 1 to 100. */
  readonly weight: number;
  readonly state: "planned" | "serving" | "draining";
  /** A label that `routing.residency` names, e.g. `EU`. */
  readonly residency: string | undefined;
  /** Whether the deleted account and vault of its names are taken back. */
  readonly restore: boolean;
  readonly cluster: ClusterSizes;
  /** Ranges of addresses that reach the API server and the vault; all if undefined. */
  readonly access: readonly string[] | undefined;
  /** How many pods. */
  readonly edges: Range;
  readonly proxies: Range;
  readonly issuers: Range;
  readonly network: {
    /** Addresses of the virtual network, as CIDR. */
    readonly space: string;
  };
  readonly certificate: Certificate;
  readonly existing: Existing;
  readonly deployments: readonly Deployment[];
  readonly hosts: readonly Host[];
}

export interface ClusterSizes {
  readonly nodes: Range;
  readonly size: string;
  readonly system: {readonly nodes: Range; readonly size: string};
  /** Of Kubernetes: major and minor. */
  readonly version: string;
  /** Object ids of Entra groups. */
  readonly admins: readonly string[];
  /** By the region's own clock; its place among the regions decides if undefined. */
  readonly maintenance: {readonly day: string; readonly hour: number} | undefined;
}

/** A certificate in the region's Key Vault. */
export interface Certificate {
  readonly name: string;
  /** An authority that the vault knows, or `Self`; undefined for one that is imported. */
  readonly issuer: string | undefined;
}

/** Resource ids of what a region's stack would make and is there already. */
export interface Existing {
  readonly network:
    | {
        readonly nodes: string;
        readonly endpoints: string;
        /** The resource group with the private DNS zones that the network is linked to. */
        readonly zones: string | undefined;
      }
    | undefined;
  readonly registry: string | undefined;
  readonly vault: string | undefined;
  readonly logs: string | undefined;
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
  /** Percent of the model's requests in this region, summing to 100 over its deployments. */
  readonly share: number;
}

/** An endpoint of a model that is not Azure's, in a region. */
export interface Host {
  /** Unique in its region and derived from model and number, e.g. `coder-1`. */
  readonly name: string;
  /** A key of `World.models`. */
  readonly model: string;
  readonly url: string;
  readonly protocol: "h2" | "http/1.1";
  /** Name of the secret in the region's vault that opens it; undefined where it is open. */
  readonly key: string | undefined;
  /** Percent of the model's requests in this region, summing to 100 over its hosts. */
  readonly share: number;
}

export type Sku =
  | "Standard"
  | "GlobalStandard"
  | "DataZoneStandard"
  | "ProvisionedManaged"
  | "GlobalProvisionedManaged"
  | "DataZoneProvisionedManaged";

export interface Routing {
  /** Place code (`africa`, `EU`, `EU-DE`, `NA-US-CA`) to the pool that serves it, over what is nearest. */
  readonly places: Readonly<Record<string, string>>;
  /** Place code to the residency labels of the regions that may serve it and take it over. */
  readonly residency: Readonly<Record<string, readonly string[]>>;
  /** Pool to the pool that takes it over first, over what is nearest. */
  readonly fallback: Readonly<Record<string, string>>;
}
