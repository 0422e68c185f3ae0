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
  readonly tokens: Tokens;
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
export interface Model {
  readonly format: string;
  readonly model: string;
  readonly version: string;
  /** How it can be asked: a model that only chats serves completions by chat. */
  readonly api: "completions" | "chat";
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
  readonly cluster: {readonly nodes: Range; readonly size: string};
  /** Proxy pods. */
  readonly proxies: Range;
  readonly deployments: readonly Deployment[];
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

export type Sku =
  | "Standard"
  | "GlobalStandard"
  | "DataZoneStandard"
  | "ProvisionedManaged"
  | "GlobalProvisionedManaged"
  | "DataZoneProvisionedManaged";

export interface Routing {
  /** Place code (`AF`, `EU-DE`, `NA-US-CA`) to the pool that serves it, over what is nearest. */
  readonly places: Readonly<Record<string, string>>;
  /** Place code to the residency labels of the regions that may serve it and take it over. */
  readonly residency: Readonly<Record<string, readonly string[]>>;
  /** Pool to the pool that takes it over first, over what is nearest. */
  readonly fallback: Readonly<Record<string, string>>;
}
