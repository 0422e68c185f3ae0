import assert from "node:assert/strict";
import {test} from "node:test";
import {fileWith} from "./fixture.ts";
import {parseWorld} from "./read.ts";
import type {Region} from "./world.ts";

const SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000001";
const OTHER = "00000000-0000-4000-8000-0000000000aa";
const GROUP = `${SUBSCRIPTION}/resourceGroups/hub`;
const subnet = (name: string) =>
  `${GROUP}/providers/Microsoft.Network/virtualNetworks/spoke/subnets/${name}`;

const refused: Record<string, [given: Parameters<typeof fileWith>[0], fault: string]> = {
  "an Azure model without its version": [
    {models: "chat: {model: gpt-4o}"},
    "11:3 models.chat: has no version; pin one of Azure's catalogue",
  ],
  "a model of another host with a version": [
    {models: 'other: {host: url, model: a, version: "1"}'},
    "11:32 models.other.version: belongs to models that Azure hosts; remove it",
  ],
  "a template of a model that Azure hosts": [
    {models: 'other: {model: a, version: "1", template: qwen}'},
    "11:35 models.other.template: belongs to models with host: url or gpu; remove it",
  ],
  "a template of a model that chats": [
    {models: "other: {host: url, model: a, api: chat, template: qwen}"},
    "11:43 models.other.template: belongs to models that complete; remove it, or api: chat",
  ],
  "a deployment of a model that Azure does not host": [
    {region: "{deployments: [{model: coder, sku: Standard, capacity: 1}]}"},
    '18:28 regions.eastus2.deployments.0.model: "coder" is not hosted by Azure; list its address under hosts',
  ],
  "a host of a model that Azure hosts": [
    {region: '{hosts: [{model: codex, url: "https://a.example.com"}]}'},
    '18:22 regions.eastus2.hosts.0.model: "codex" is hosted by Azure; list it under deployments, or give it host: url',
  ],
  "a host twice": [
    {
      region:
        '{hosts: [{model: coder, url: "https://a.example.com"}, {model: coder, url: "https://a.example.com"}]}',
    },
    "18:67 regions.eastus2.hosts.1: coder is at https://a.example.com twice; remove one",
  ],
  "a host without TLS": [
    {region: '{hosts: [{model: coder, url: "http://a.example.com"}]}'},
    '18:36 regions.eastus2.hosts.0.url: "http://a.example.com" is not an https address',
  ],
  "a network that runs into the pods": [
    {defaults: "network: {space: 10.240.0.0/12}"},
    '16:13 defaults.network.space: "10.240.0.0/12" overlaps 10.244.0.0/16, which is the cluster\'s own; choose another',
  ],
  "a network that is too small": [
    {defaults: "network: {space: 10.1.0.0/24}"},
    '16:13 defaults.network.space: "10.1.0.0/24" is too small or too large; choose a prefix from /8 to /22',
  ],
  "a network that does not begin at its first address": [
    {region: "{network: {space: 10.1.0.1/16}}"},
    '18:23 regions.eastus2.network.space: "10.1.0.1/16" is not a range of addresses; write its first address and prefix: 10.0.0.0/16',
  ],
  "a way out by routes of a network that stacks make": [
    {region: "{outbound: routes}"},
    "18:13 regions.eastus2.outbound: goes out by routes of its nodes' subnet, and has no network of yours; name one under existing.network, or write outbound: loadBalancer or nat",
  ],
  "a way out by routes that defaults want and nobody has": [
    {defaults: "outbound: routes"},
    "18:3 regions.eastus2: goes out by routes of its nodes' subnet, and has no network of yours; name one under existing.network, or write outbound: loadBalancer or nat",
  ],
  "a network that is there, of unknown addresses": [
    {region: `{existing: {network: {nodes: ${subnet("a")}, endpoints: ${subnet("b")}}}}`},
    "18:24 regions.eastus2.existing.network: its addresses are not known; give them in network.space",
  ],
  "a subscription by its name": [
    {region: "{subscription: production}"},
    '18:13 regions.eastus2.subscription: "production" is not a subscription\'s id; write it as Azure shows it, a GUID',
  ],
  "a network in another subscription than the region": [
    {
      region: `{network: {space: 10.8.0.0/20}, subscription: ${OTHER}, existing: {network: {nodes: ${subnet("a")}, endpoints: ${subnet("b").replace(SUBSCRIPTION, `/subscriptions/${OTHER.toUpperCase()}`)}}}}`,
    },
    `18:117 regions.eastus2.existing.network.nodes: is in another subscription than the region, ${OTHER}; Azure puts neither nodes nor private endpoints there: name a network of the region's own subscription`,
  ],
  "subnets in two subscriptions": [
    {
      region: `{network: {space: 10.8.0.0/20}, existing: {network: {nodes: ${subnet("a")}, endpoints: ${subnet("b").replace(SUBSCRIPTION, `/subscriptions/${OTHER}`)}}}}`,
    },
    "18:204 regions.eastus2.existing.network.endpoints: is in another subscription than nodes; Azure puts neither nodes nor private endpoints there: name a network of the region's own subscription",
  ],
  "an id of another type": [
    {region: `{existing: {vault: ${subnet("a")}}}`},
    `18:24 regions.eastus2.existing.vault: "${subnet("a")}" is not the id of a Key Vault; write /subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…`,
  ],
  "an alert to one who is no action group": [
    {service: "alerts: {notify: [oncall@example.com]}"},
    '7:21 service.alerts.notify.0: "oncall@example.com" is not the id of an action group; write /subscriptions/…/resourceGroups/…/providers/Microsoft.Insights/actionGroups/…',
  ],
  "a pool that ends in a hyphen": [
    {region: "{pool: us-}"},
    '18:13 regions.eastus2.pool: "us-" is not a name; use up to 31 lower-case letters, digits and hyphens, a letter first and no hyphen last',
  ],
  "a pool by a trademark, which Azure refuses": [
    {region: "{pool: eu-windows}"},
    '18:13 regions.eastus2.pool: "eu-windows" has "windows", which Azure keeps out of names; choose another',
  ],
  "a model by a word that Azure refuses at the beginning": [
    {models: 'login-helper: {model: gpt-4o, version: "1"}'},
    '11:3 models.login-helper: "login-helper" has "login", which Azure keeps out of names; choose another',
  ],
  "a residency of two words": [
    {region: "{residency: E U}"},
    '18:13 regions.eastus2.residency: "E U" is not a residency; use up to 31 letters, digits and hyphens, no hyphen first or last',
  ],
  "a model's name with a blank before it": [
    {models: 'chat: {model: " gpt-4o", version: "1"}'},
    '11:10 models.chat.model: " gpt-4o" is more than one line, or has blanks at its ends; take them out',
  ],
  "an arm that no header carries, and one that is there twice": [
    {
      service:
        "\ntraffic: {experiments: [{name: e, arms: [{name: ü, weight: 1}, {name: b, weight: 1}, {name: b, weight: 1}]}]}",
    },
    '8:43 traffic.experiments.0.arms.0.name: "ü" is not a name; use up to 63 letters, digits, ".", "_" and "-", a letter or digit first\n  - 8:87 traffic.experiments.0.arms.2.name: "b" is there twice; rename one',
  ],
  "a mutation of an arm for a model that is not there": [
    {
      service:
        "\ntraffic: {experiments: [{name: e, arms: [{name: a, weight: 1, mutations: [{name: m, when: {models: [codx]}}]}, {name: b, weight: 1}]}]}",
    },
    '8:92 traffic.experiments.0.arms.0.mutations.0.when.models: "codx" is not a model; did you mean "codex"?',
  ],
  "an administrator twice, by two spellings of an id": [
    {
      region:
        "{cluster: {admins: [00000000-0000-4000-8000-00000000000a, 00000000-0000-4000-8000-00000000000A]}}",
    },
    "18:70 regions.eastus2.cluster.admins.1: is there twice; remove one",
  ],
  "the signing key as a host's": [
    {region: '{hosts: [{model: coder, url: "https://a.example.com", key: Token-Signing-Key}]}'},
    '18:66 regions.eastus2.hosts.0.key: "Token-Signing-Key" is a secret that Meridian keeps in the vault; choose another name',
  ],
  "the certificate as a host's key": [
    {defaults: 'hosts: [{model: coder, url: "https://a.example.com", key: edge}]'},
    '16:56 defaults.hosts.0.key: "edge" is the edge\'s certificate, which is nothing for a host; name another secret',
  ],
  "the certificate of one region as a key of all": [
    {
      defaults: 'hosts: [{model: coder, url: "https://a.example.com", key: own}]',
      region: "{certificate: {name: own}}",
    },
    '16:56 defaults.hosts.0.key: "own" is the edge\'s certificate, which is nothing for a host; name another secret',
  ],
  "a certificate in the place of a secret of ours": [
    {defaults: "certificate: {name: introspection-client-secret}"},
    '16:17 defaults.certificate.name: "introspection-client-secret" is a secret that Meridian keeps in the vault; choose another name',
  ],
  "one secret in two spellings": [
    {
      region:
        '{hosts: [{model: coder, url: "https://a.example.com", key: k}, {model: coder, url: "https://b.example.com", key: K}]}',
    },
    '18:120 regions.eastus2.hosts.1.key: "K" is "k" to Key Vault; write it so',
  ],
  "a zone that is another than the one that is there": [
    {service: `existing: {zone: ${GROUP}/providers/Microsoft.Network/dnszones/example.org}`},
    '7:14 service.existing.zone: is the zone "example.org", and service.zone "example.com"; make them one',
  ],
  "runbooks at a heading": [
    {service: 'alerts: {runbooks: "https://wiki.example.com/runbooks#top"}'},
    '7:12 service.alerts.runbooks: "https://wiki.example.com/runbooks#top" has a #; leave it out, for alerts add their own',
  ],
  "a zone twice": [
    {region: "{cluster: {zones: [1, 3, 1]}}"},
    "18:37 regions.eastus2.cluster.zones.2: is there twice; remove one",
  ],
  "a fourth zone": [
    {region: "{cluster: {system: {zones: [4]}}}"},
    "18:40 regions.eastus2.cluster.system.zones.0: is 4; write 3 or less",
  ],
  "no zone": [
    {region: "{cluster: {zones: []}}"},
    "18:23 regions.eastus2.cluster.zones: is empty; add at least one",
  ],
  "zones of a location that has none": [
    {region: "{}\n  westus: {cluster: {zones: [1], system: {zones: [2]}}}"},
    `19:22 regions.westus.cluster.zones: westus has no availability zones; take them out
  - 19:43 regions.westus.cluster.system.zones: westus has no availability zones; take them out`,
  ],
  "a version of Kubernetes with its patch": [
    {region: "{cluster: {version: 1.36.1}}"},
    '18:23 regions.eastus2.cluster.version: "1.36.1" is not a version of Kubernetes; write major and minor, quoted: "1.36"',
  ],
};

for (const [name, [given, fault]] of Object.entries(refused))
  test(`${name} is told with its mend`, () => {
    assert.throws(() => parseWorld(fileWith(given)), {
      message: `regions.yaml is not valid:\n  - ${fault}`,
    });
  });

test("whom alerts tell, and where their runbooks are read", () => {
  const group = `${GROUP}/providers/Microsoft.Insights/actionGroups/oncall`;
  const alerts = `alerts: {notify: [${group}], runbooks: "https://wiki.example.com/runbooks"}`;
  assert.deepEqual(parseWorld(fileWith({service: alerts})).service.alerts, {
    notify: [group],
    runbooks: "https://wiki.example.com/runbooks",
  });
});

const completed: Record<string, [given: Parameters<typeof fileWith>[0], region: Partial<Region>]> =
  {
    "a region's own word goes before the defaults, key by key": [
      {
        defaults: "certificate: {name: wildcard, issuer: DigiCert}\n  edges: 2-4",
        region:
          "{certificate: {name: own}, cluster: {size: Standard_D8ds_v5, zones: [3, 1], disk: 64, tier: free, system: {nodes: 2-4}}, issuers: 1-2, cores: 0.25, network: {space: 10.8.0.0/20}, restore: true}",
      },
      {
        certificate: {name: "own", issuer: "DigiCert"},
        cluster: {
          nodes: {min: 3, max: 12},
          size: "Standard_D8ds_v5",
          zones: [3, 1],
          disk: 64,
          system: {nodes: {min: 2, max: 4}, size: "Standard_D8ds_v5", zones: [3, 1], disk: 64},
          tier: "free",
          version: "1.36",
          admins: [],
          maintenance: undefined,
          private: false,
        },
        edges: {min: 2, max: 4},
        issuers: {min: 1, max: 2},
        cores: 0.25,
        network: {space: "10.8.0.0/20"},
        restore: true,
      },
    ],
    "hosts are numbered, and share what is left": [
      {
        region:
          '{hosts: [{model: coder, url: "https://a.example.com", key: coder-key, share: 80}, {model: coder, url: "https://b.example.com", protocol: http/1.1}]}',
      },
      {
        hosts: [
          {
            name: "coder-1",
            model: "coder",
            url: "https://a.example.com",
            protocol: "h2",
            key: "coder-key",
            share: 80,
          },
          {
            name: "coder-2",
            model: "coder",
            url: "https://b.example.com",
            protocol: "http/1.1",
            key: undefined,
            share: 20,
          },
        ],
      },
    ],
    "its subscription, as ids are compared": [
      {region: `{subscription: ${OTHER.toUpperCase()}}`},
      {subscription: OTHER},
    ],
    "what is there already": [
      {
        region: `{network: {space: 10.8.0.0/20}, existing: {network: {nodes: ${subnet("a")}, endpoints: ${subnet("b")}, zones: ${GROUP}}, vault: ${GROUP}/providers/Microsoft.KeyVault/vaults/own}}`,
      },
      {
        existing: {
          network: {
            nodes: subnet("a"),
            endpoints: subnet("b"),
            zones: GROUP,
            entrance: undefined,
          },
          registry: undefined,
          vault: `${GROUP}/providers/Microsoft.KeyVault/vaults/own`,
          logs: undefined,
          hubs: [],
        },
      },
    ],
  };

for (const [name, [given, expected]] of Object.entries(completed))
  test(name, () => {
    const region = parseWorld(fileWith(given)).regions[0]!;
    const keys = Object.keys(expected) as (keyof Region)[];
    assert.deepEqual(Object.fromEntries(keys.map((key) => [key, region[key]])), expected);
  });
