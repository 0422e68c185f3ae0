import {rulesSchema} from "../proxy/policy.ts";
import type {Images, Region, UrlModel, World} from "../regions/world.ts";

const region = (name: string): Region => ({
  name,
  pool: name,
  weight: 1,
  state: "serving",
  residency: undefined,
  restore: false,
  cluster: {
    nodes: {min: 3, max: 12},
    size: "Standard_D4ds_v5",
    zones: undefined,
    disk: undefined,
    system: {
      nodes: {min: 3, max: 5},
      size: "Standard_D4ds_v5",
      zones: undefined,
      disk: undefined,
    },
    tier: "standard",
    version: "1.36",
    admins: [],
    maintenance: undefined,
    private: false,
  },
  access: undefined,
  edge: {entrance: "public", allow: undefined},
  edges: {min: 3, max: 12},
  proxies: {min: 3, max: 30},
  issuers: {min: 2, max: 6},
  cores: 1,
  network: {space: "10.0.0.0/16"},
  outbound: "loadBalancer",
  certificate: {name: "edge", issuer: undefined},
  subscription: undefined,
  existing: {network: undefined, registry: undefined, vault: undefined, logs: undefined, hubs: []},
  deployments: [
    {
      name: "copilot-codex-globalstandard",
      model: "copilot-codex",
      sku: "GlobalStandard",
      capacity: 500,
      share: 80,
    },
    {
      name: "copilot-codex-standard",
      model: "copilot-codex",
      sku: "Standard",
      capacity: 120,
      share: 20,
    },
  ],
  hosts: [],
  replicas: [],
});

/** Two regions, the first being home, with one model of two deployments. */
export const smallWorld: World = {
  service: {
    name: "meridian",
    hostname: "completions.example.com",
    zone: "example.com",
    cloud: "public",
    home: "eastus2",
    ttlS: 30,
    objective: {success: 0.995, firstByteMs: 400, windowMs: 60_000},
    alerts: {notify: []},
    tokens: {
      lifetimeS: 1200,
      exchange: {kind: "github", api: "https://api.github.com", organizations: []},
    },
    restore: false,
    images: {admission: false},
    tags: {},
    existing: {zone: undefined, registry: undefined, logs: undefined},
  },
  models: {
    "copilot-codex": {
      host: "azure",
      format: "OpenAI",
      model: "gpt-35-turbo-instruct",
      version: "0914",
      api: "completions",
      parameters: {},
      aliases: [],
    },
  },
  regions: [region("eastus2"), region("westeurope")],
  routing: {places: {}, residency: {}, fallback: {}},
  traffic: rulesSchema.parse({mutations: [{name: "no-eof", logitBias: {"50256": -100}}]}),
};

/** A model that fills in the middle on a host of one's own. */
export const ownModel: UrlModel = {
  host: "url",
  model: "qwen-coder",
  api: "completions",
  template: "qwen",
  parameters: {},
  aliases: [],
};

const [home, abroad] = smallWorld.regions as [Region, Region];

/** Three regions: one with everything an entry may ask for, and two in one pool, the second of which drains. */
export const fullWorld: World = {
  ...smallWorld,
  service: {
    ...smallWorld.service,
    tokens: {
      lifetimeS: 1200,
      exchange: {
        kind: "introspection",
        url: "https://login.example.com/introspect",
        clientId: "meridian",
        scopes: ["completions"],
      },
    },
  },
  models: {
    ...smallWorld.models,
    coder: {host: "url", model: "qwen-coder", api: "completions", parameters: {}, aliases: ["*"]},
  },
  regions: [
    {
      ...home,
      access: ["203.0.113.0/24"],
      edge: {entrance: "public", allow: ["198.51.100.0/24", "10.0.0.0/8"]},
      restore: true,
      certificate: {name: "wildcard", issuer: "DigiCert"},
      cluster: {...home.cluster, admins: ["00000000-0000-4000-8000-0000000000ad"]},
      deployments: [
        ...home.deployments,
        {
          name: "copilot-codex-provisionedmanaged",
          model: "copilot-codex",
          sku: "ProvisionedManaged",
          capacity: 50,
          share: 100,
        },
      ],
      hosts: [
        {
          name: "coder-1",
          model: "coder",
          url: "https://coder.example.com:8443",
          protocol: "h2",
          key: "coder-key",
          share: 100,
        },
      ],
    },
    {...abroad, pool: "europe", weight: 2},
    {...abroad, name: "swedencentral", pool: "europe", state: "draining"},
  ],
};

const inside = {edge: {entrance: "internal", allow: undefined}} as const;

/** Two regions that are reached from the company's network alone; the first goes out by a NAT gateway. */
export const insideWorld: World = {
  ...smallWorld,
  regions: [
    {...home, ...inside, outbound: "nat"},
    {...abroad, ...inside, network: {space: "10.1.0.0/16"}},
  ],
};

/** A world that says these things of its images. */
export const withImages = (world: World, images: Partial<Images>): World => ({
  ...world,
  service: {...world.service, images: {...world.service.images, ...images}},
});

/** All of images that makes something. */
export const everyImage: Partial<Images> = {
  admission: true,
  keep: {days: 90, latest: 20},
  dockerHub: {
    vault:
      "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/hub/providers/Microsoft.KeyVault/vaults/hub",
    user: "docker-user",
    token: "docker-token",
  },
};
