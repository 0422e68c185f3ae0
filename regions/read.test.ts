import assert from "node:assert/strict";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, test} from "node:test";
import {rulesSchema} from "../proxy/policy.ts";
import {parseWorld, readWorld} from "./read.ts";
import {WorldError} from "./world-error.ts";

/** A valid file with one key on each line, so that a case can replace lines. */
const good = `service:
  name: meridian
  hostname: completions.example.com
  zone: example.com
  objective: {success: 99.5%, firstByte: 400ms}
  tokens: {exchange: {kind: github, organizations: [acme]}}
models:
  codex: {model: gpt-35-turbo-instruct, version: "0914"}
defaults:
  cluster: {nodes: 3-12, size: Standard_D4ds_v5}
  proxies: 3-30
  deployments: [{model: codex, sku: Standard, capacity: 240}]
regions:
  eastus2: {pool: us, weight: 3}
  westeurope: {residency: EU}
routing:
  residency: {EU: [EU]}
`;

const faults: Record<string, [line: string, instead: string, report: string[]]> = {
  "a misspelt region": [
    "  eastus2: {pool: us, weight: 3}",
    "  eastsu2: {pool: us, weight: 3}",
    ['14:3 regions.eastsu2: "eastsu2" is not an Azure location; did you mean "eastus2"?'],
  ],
  "a misspelt key": [
    "  eastus2: {pool: us, weight: 3}",
    "  eastus2: {pool: us, wieght: 3}",
    ['14:23 regions.eastus2.wieght: "wieght" is not a key here; did you mean "weight"?'],
  ],
  "a misspelt key at the top": [
    "routing:",
    "ruoting:",
    ['16:1 ruoting: "ruoting" is not a key here; did you mean "routing"?'],
  ],
  "a misspelt key that is needed, told once": [
    "  zone: example.com",
    "  zonee: example.com",
    ['4:3 service.zonee: "zonee" is not a key here; did you mean "zone"?'],
  ],
  "a misspelt key that every region needs, told once": [
    "  proxies: 3-30",
    "  proxis: 3-30",
    ['11:3 defaults.proxis: "proxis" is not a key here; did you mean "proxies"?'],
  ],
  "a word of YAML 1.1": [
    "  eastus2: {pool: us, weight: 3}",
    "  eastus2: {pool: us, restore: yes}",
    ['14:23 regions.eastus2.restore: is "yes"; write true'],
  ],
  "a number that YAML 1.1 and 1.2 read differently": [
    "  eastus2: {pool: us, weight: 3}",
    "  eastus2: {pool: us, weight: 010}",
    ['14:23 regions.eastus2.weight: is "010"; write a number, without the 0 before it'],
  ],
  "a number in quotes": [
    "  eastus2: {pool: us, weight: 3}",
    '  eastus2: {pool: us, weight: "3"}',
    ['14:23 regions.eastus2.weight: is "3"; write a number, without quotes'],
  ],
  "a version without its quotes": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    "  codex: {model: gpt-35-turbo-instruct, version: 1.30}",
    ['8:41 models.codex.version: is 1.30; write a text, in quotes: "1.30"'],
  ],
  "a share without its percent sign": [
    "  objective: {success: 99.5%, firstByte: 400ms}",
    "  objective: {success: 0.995, firstByte: 400ms}",
    ["5:15 service.objective.success: 0.995 has no percent sign; write it with one: 99.5%"],
  ],
  "a number where a range belongs": [
    "  proxies: 3-30",
    "  proxies: 3",
    ["11:3 defaults.proxies: 3 is not a range; write the least and the most: 3-3"],
  ],
  "a fault that regions share by an alias, told once": [
    "  westeurope: {residency: EU}",
    "  westeurope: &eu {residency: EU, weight: 0}\n  northeurope: {<<: *eu, pool: eu}\n  uksouth: *eu",
    ["15:35 regions.westeurope.weight: is 0; write 1 or more"],
  ],
  "a misspelt pool": [
    "  residency: {EU: [EU]}",
    "  places: {africa: westeurop}",
    ['17:12 routing.places.africa: "westeurop" is not a pool; did you mean "westeurope"?'],
  ],
  "a weight of 0": [
    "  eastus2: {pool: us, weight: 3}",
    "  eastus2: {pool: us, weight: 0}",
    ["14:23 regions.eastus2.weight: is 0; write 1 or more"],
  ],
  "a percentage over 100": [
    "  objective: {success: 99.5%, firstByte: 400ms}",
    "  objective: {success: 101%, firstByte: 400ms}",
    [
      '5:15 service.objective.success: "101%" is out of bounds; choose more than 0% and at most 100%',
    ],
  ],
  "a percentage without its sign": [
    "  objective: {success: 99.5%, firstByte: 400ms}",
    '  objective: {success: "0.995", firstByte: 400ms}',
    [
      '5:15 service.objective.success: "0.995" is not a percentage; write a number and a percent sign: 99.5%',
    ],
  ],
  "a duration without its unit": [
    "  objective: {success: 99.5%, firstByte: 400ms}",
    "  objective: {success: 99.5%, firstByte: 400}",
    ["5:31 service.objective.firstByte: 400 has no unit; write it with one: 400ms"],
  ],
  "a duration that is 0": [
    "  objective: {success: 99.5%, firstByte: 400ms}",
    "  objective: {success: 99.5%, firstByte: 0}",
    ["5:31 service.objective.firstByte: 0 has no unit; write it with one, from 1ms to 1m"],
  ],
  "durations and percentages that are neither": [
    "  objective: {success: 99.5%, firstByte: 400ms}",
    "  objective: {success: true, firstByte: -5, window: }",
    [
      "5:15 service.objective.success: true is not a percentage; write a number and a percent sign: 99.5%",
      "5:30 service.objective.firstByte: -5 is not a duration; write a whole number and a unit, from 1ms to 1m",
      "5:45 service.objective.window: is empty; write a whole number and a unit, from 1s to 1h",
    ],
  ],
  "a range that is 0": [
    "  proxies: 3-30",
    "  proxies: 0",
    ["11:3 defaults.proxies: 0 is not a range; write the least and the most: 3-12"],
  ],
  "a duration that is a word": [
    "  objective: {success: 99.5%, firstByte: 400ms}",
    "  objective: {success: 99.5%, firstByte: soon}",
    [
      '5:31 service.objective.firstByte: "soon" is not a duration; write a whole number and a unit: 400ms, 30s, 20m, 1h, 90d',
    ],
  ],
  "an objective of a model that says nothing": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: gpt-35-turbo-instruct, version: "0914", objective: {}}',
    ["8:58 models.codex.objective: is empty; give firstByte or success, or leave it out"],
  ],
  "an objective of next edits with a window of its own": [
    "  objective: {success: 99.5%, firstByte: 400ms}",
    "  objective: {success: 99.5%, firstByte: 400ms, nextEdits: {firstByte: 2s, window: 60s}}",
    [
      '5:76 service.objective.nextEdits.window: "window" is not a key here; use one of firstByte, success',
    ],
  ],
  "two models of one name": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    "  codex: {model: a, version: '1'}\n  codex: {model: b, version: '1'}",
    ["9:3 this key is there twice, first at 8:3; remove one"],
  ],
  "a name that leads to two models": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: a, version: "1", aliases: ["*", nes, "n-*"]}\n  nes: {model: b, version: "1", aliases: ["*", "n-*"]}',
    [
      '8:50 models.codex.aliases.1: "nes" leads to nes already; take it out of one',
      '9:43 models.nes.aliases.0: "*" leads to codex already; take it out of one',
      '9:48 models.nes.aliases.1: "n-*" leads to codex already; take it out of one',
    ],
  ],
  "successors that are no models, or come round": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: gpt-4o, version: "1", successor: codx}\n  nano: {model: gpt-4o, version: "1", successor: nano}',
    [
      '8:40 models.codex.successor: "codx" is not a model; did you mean "codex"?',
      "9:39 models.nano.successor: is a loop, nano -> nano; take one of them out",
    ],
  ],
  "a successor that cannot chat, of a model that does": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: gpt-4o, version: "1", successor: own}\n  own: {host: url, model: qwen}',
    [
      '8:40 models.codex.successor: "own" only completes, and codex is asked by chat too; choose a model that chats',
    ],
  ],
  "an alias that no request can carry": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: a, version: "1", aliases: [a/b, "a*b", "**"]}',
    [
      '8:45 models.codex.aliases.0: "a/b"',
      '8:50 models.codex.aliases.1: "a*b"',
      '8:57 models.codex.aliases.2: "**"',
    ].map(
      (place) =>
        `${place} is not a model name; use up to 64 letters, digits, ".", "_" and "-", with "*" at its end for any more, or "*" for any name`,
    ),
  ],
  "a fallback loop": [
    "  residency: {EU: [EU]}",
    "  fallback: {us: westeurope, westeurope: us}",
    ["17:14 routing.fallback.us: is a loop, us -> westeurope -> us; take one of them out"],
  ],
  tabs: [
    "  eastus2: {pool: us, weight: 3}",
    "\teastus2: {pool: us}",
    ["14:1 a tab is used to indent; use spaces"],
  ],
  "a model that is not there": [
    "  deployments: [{model: codex, sku: Standard, capacity: 240}]",
    "  deployments: [{model: codexx, sku: Standard, capacity: 240}]",
    ['12:18 defaults.deployments.0.model: "codexx" is not a model; did you mean "codex"?'],
  ],
  "an unknown sku": [
    "  deployments: [{model: codex, sku: Standard, capacity: 240}]",
    "  deployments: [{model: codex, sku: Standrad, capacity: 240}]",
    ['12:32 defaults.deployments.0.sku: "Standrad" is not known; did you mean "Standard"?'],
  ],
  "a deployment twice": [
    "  deployments: [{model: codex, sku: Standard, capacity: 240}]",
    "  deployments: [{model: codex, sku: Standard, capacity: 1}, {model: codex, sku: Standard, capacity: 2}]",
    [
      "12:61 defaults.deployments.1: codex is deployed twice with Standard; add the capacities up in one",
    ],
  ],
  "a deployment that may compute anywhere in a region that keeps a residency": [
    "  westeurope: {residency: EU}",
    "  westeurope: {residency: EU, deployments: [{model: codex, sku: GlobalStandard, capacity: 1}, {model: codex, sku: GlobalProvisionedManaged, capacity: 15}]}",
    [
      "15:60 regions.westeurope.deployments.0.sku: codex is GlobalStandard, which may compute anywhere, and the region keeps residency EU; deploy it here as DataZoneStandard, which stays in the zone, or Standard, in the region",
      "15:110 regions.westeurope.deployments.1.sku: codex is GlobalProvisionedManaged, which may compute anywhere, and the region keeps residency EU; deploy it here as DataZoneProvisionedManaged, which stays in the zone, or ProvisionedManaged, in the region",
    ],
  ],
  "the same by defaults": [
    "  deployments: [{model: codex, sku: Standard, capacity: 240}]",
    "  deployments: [{model: codex, sku: GlobalStandard, capacity: 240}]",
    [
      "15:3 regions.westeurope: codex is GlobalStandard by defaults, which may compute anywhere, and the region keeps residency EU; deploy it here as DataZoneStandard, which stays in the zone, or Standard, in the region",
    ],
  ],
  "a model that speaks Responses alone, asked to chat": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: gpt-5.3-codex, version: "1", api: chat}',
    ['8:47 models.codex.api: is chat, and "gpt-5.3-codex" speaks Responses alone; remove it'],
  ],
  "a model of Azure's asked by Mistral's FIM": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: gpt-4.1, version: "2", api: mistral}',
    ["8:41 models.codex.api: mistral belongs to models with host: url; remove it"],
  ],
  "a model that our kind of account cannot deploy": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: Codestral-2501, version: "2"}',
    [
      '8:11 models.codex.model: "Codestral-2501" is sold to accounts of kind AIServices alone, which regions do not have; make one yourself, give the model host: url, and name its address under hosts: docs/models.md#models-of-partners',
    ],
  ],
  "another publisher's model": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: grok-code-fast-1, format: xAI, version: "1"}',
    [
      '8:36 models.codex.format: "xAI" is sold to accounts of kind AIServices alone, which regions do not have; make one yourself, give the model host: url, and name its address under hosts: docs/models.md#models-of-partners',
    ],
  ],
  "parameters that are none": [
    '  codex: {model: gpt-35-turbo-instruct, version: "0914"}',
    '  codex: {model: gpt-4.1, version: "1", parameters: {effort: No, refuses: ["a b"]}}',
    [
      '8:54 models.codex.parameters.effort: "No" is not an effort; write a word such as none, minimal or low',
      '8:76 models.codex.parameters.refuses.0: "a b" is not a parameter; write its name: top_p',
    ],
  ],
  "shares that do not add up": [
    "  deployments: [{model: codex, sku: Standard, capacity: 240}]",
    "  deployments: [{model: codex, sku: Standard, capacity: 240, share: 80}]",
    ["12:3 defaults.deployments: the shares of codex add up to 80%; make it 100%"],
  ],
  "an unknown place": [
    "  residency: {EU: [EU]}",
    "  residency: {NA-US-XX: [EU]}",
    ['17:15 routing.residency.NA-US-XX: "NA-US-XX" is not a place; did you mean "NA-US-TX"?'],
  ],
  "continents as octoDNS writes them, of which four are countries too": [
    "  residency: {EU: [EU]}",
    "  places: {AF: us, AN: us, AS: us, NA: us, OC: us, SA: us, EU: us}",
    [
      '17:12 routing.places.AF: "AF" could be Africa or Afghanistan; write africa or AS-AF',
      '17:20 routing.places.AN: "AN" is not a place; write antarctica',
      '17:28 routing.places.AS: "AS" could be Asia or American Samoa; write asia or OC-AS',
      '17:36 routing.places.NA: "NA" could be North America or Namibia; write north-america or AF-NA',
      '17:44 routing.places.OC: "OC" is not a place; write oceania',
      '17:52 routing.places.SA: "SA" could be South America or Saudi Arabia; write south-america or AS-SA',
    ],
  ],
  "places that are written otherwise": [
    "  residency: {EU: [EU]}",
    "  residency: {de: [EU], us-ca: [EU], eea: [EU], Europe: [EU], XK: [EU], uk: [EU]}",
    [
      '17:15 routing.residency.de: "de" is not a place here; write EU-DE',
      '17:25 routing.residency.us-ca: "us-ca" is not a place here; write NA-US-CA',
      '17:38 routing.residency.eea: "eea" is not a place; write EEA',
      '17:49 routing.residency.Europe: "Europe" is not a place; did you mean "europe"?',
      '17:63 routing.residency.XK: "XK" is not a place: Kosovo goes with North Macedonia; write EU-MK',
      '17:73 routing.residency.uk: "uk" is not a place here; write EU-GB',
    ],
  ],
  "a place by both of its codes": [
    "  residency: {EU: [EU]}",
    "  residency: {EU: [EU], EU-DE: [EU], DE: [EU]}",
    ["17:38 routing.residency.DE: is the same place as EU-DE; keep one of them"],
  ],
  "a residency that no region carries": [
    "  residency: {EU: [EU]}",
    "  residency: {EU: [US]}",
    ['17:15 routing.residency.EU: no region carries the residency "US"; did you mean "EU"?'],
  ],
  "a hostname outside its zone": [
    "  zone: example.com",
    "  zone: example.org",
    [
      '3:3 service.hostname: "completions.example.com" is not in the zone "example.org"; name the zone that holds it',
    ],
  ],
  "a service name over Azure's limit": [
    "  name: meridian",
    "  name: meridian-for-all",
    [
      '2:3 service.name: "meridian-for-all" is not a service name; use 3 to 12 lower-case letters and digits, a letter first',
    ],
  ],
  "a home that is no location": [
    "  zone: example.com",
    "  zone: example.com\n  home: virginia",
    [
      `5:3 service.home: "virginia" is not an Azure location; use one of ${"australiacentral, australiaeast, australiasoutheast, austriaeast, belgiumcentral, brazilsouth, canadacentral, canadaeast, centralindia, centralus, chilecentral, eastasia"}, … (47 in all)`,
    ],
  ],
  "no size anywhere": [
    "  proxies: 3-30",
    "",
    [
      "14:3 regions.eastus2: has no proxies; set it here or in defaults",
      "15:3 regions.westeurope: has no proxies; set it here or in defaults",
    ],
  ],
  "a range the wrong way round": [
    "  proxies: 3-30",
    "  proxies: 30-3",
    [
      '11:3 defaults.proxies: "30-3" is not a range of 1 to 1000, the least first; write it like 3-12',
    ],
  ],
  "a missing key": ["  zone: example.com", "", ["1:1 service.zone: is missing; add it"]],
  "a list where a mapping belongs": [
    "  tokens: {exchange: {kind: github, organizations: [acme]}}",
    "  tokens: []",
    ["6:3 service.tokens: is a list; write a mapping of keys"],
  ],
};

const EXCHANGE = "  tokens: {exchange: {kind: github, organizations: [acme]}}";
const exchangeFaults: Record<string, [exchange: string, report: string[]]> = {
  "a misspelt kind of exchange": [
    "{kind: gihtub}",
    ['6:23 service.tokens.exchange.kind: "gihtub" is not known; did you mean "github"?'],
  ],
  "an exchange without a kind": [
    "{api: https://api.github.com}",
    ["6:12 service.tokens.exchange.kind: is missing; add it"],
  ],
  "a misspelt key of an exchange": [
    "{kind: github, organisations: [acme]}",
    [
      "6:12 service.tokens.exchange: lets every GitHub account spend your subscription; name your organizations, or write anyone: true",
      '6:37 service.tokens.exchange.organisations: "organisations" is not a key here; did you mean "organizations"?',
    ],
  ],
  "a credential that would go in the clear": [
    "{kind: github, api: 'http://github.example.com'}",
    [
      '6:37 service.tokens.exchange.api: "http://github.example.com" is not an https address; write one, as credentials go there',
    ],
  ],
  "an organization by its address": [
    "{kind: github, organizations: [github.com/acme]}",
    [
      '6:53 service.tokens.exchange.organizations.0: "github.com/acme" is not a GitHub organization; write its name, as in github.com/NAME',
    ],
  ],
  "all of GitHub let in without a word": [
    "{kind: github}",
    [
      "6:12 service.tokens.exchange: lets every GitHub account spend your subscription; name your organizations, or write anyone: true",
    ],
  ],
  "anyone, and members alone": [
    "{kind: github, organizations: [acme], anyone: true}",
    [
      "6:60 service.tokens.exchange.anyone: is of all of github.com, and fewer are let in; leave it out",
    ],
  ],
  "an OpenID provider without its audience": [
    "{kind: oidc, issuer: 'https://login.example.com'}",
    ["6:12 service.tokens.exchange.audience: is missing; add it"],
  ],
  "two scopes in one": [
    "{kind: oidc, issuer: 'https://login.example.com', audience: a, scopes: ['a b']}",
    [
      '6:94 service.tokens.exchange.scopes.0: "a b" is not a scope; write one without spaces, more of them as a list',
    ],
  ],
  "a secret in the file": [
    "{kind: introspection, url: 'https://login.example.com/introspect', clientId: a, secret: b}",
    [
      '6:102 service.tokens.exchange.secret: "secret" is not a key here; use one of audience, clientId, kind, scopes, url',
    ],
  ],
};
const keyFaults: Record<string, [tokens: string, report: string[]]> = {
  "personal keys of a provider that has no login": [
    "{keys: {clientId: a}, exchange: {kind: introspection, url: 'https://i.example.com', clientId: a}}",
    [
      "6:12 service.tokens.keys: needs a login that introspection has none of; choose the exchange github or oidc, or leave keys out",
    ],
  ],
  ...Object.fromEntries(
    [
      "login.microsoftonline.com",
      "login.microsoftonline.us",
      "login.partner.microsoftonline.cn",
    ].map((host) => [
      `personal keys that outlive what the provider gives: ${host}`,
      [
        `{keys: {lifetime: 91d, clientId: a}, exchange: {kind: oidc, issuer: "https://${host}/t/v2.0", audience: a}}`,
        [
          "6:19 service.tokens.keys.lifetime: is longer than the 90 days that Entra's refresh tokens last; write 90d or less",
        ],
      ],
    ]),
  ),
  "such keys for longer than a year, told once": [
    "{keys: {lifetime: 366d, clientId: a}, exchange: {kind: oidc, issuer: 'https://login.microsoftonline.com/t/v2.0', audience: a}}",
    ['6:19 service.tokens.keys.lifetime: "366d" is out of bounds; choose 1d to 365d'],
  ],
  "personal keys without their app, for longer than a year": [
    "{keys: {lifetime: 366d}, exchange: {kind: github, organizations: [acme]}}",
    [
      "6:12 service.tokens.keys.clientId: is missing; add it",
      '6:19 service.tokens.keys.lifetime: "366d" is out of bounds; choose 1d to 365d',
    ],
  ],
};
for (const [name, [tokens, report]] of Object.entries(keyFaults))
  faults[name] = [EXCHANGE, `  tokens: ${tokens}`, report];
for (const [name, [exchange, report]] of Object.entries(exchangeFaults))
  faults[name] = [
    EXCHANGE,
    EXCHANGE.replace("{kind: github, organizations: [acme]}", exchange),
    report,
  ];

describe("a fault of regions.yaml is told with its place and its mend", () => {
  for (const [name, [line, instead, report]] of Object.entries(faults)) {
    test(name, () => {
      assert.ok(good.includes(`${line}\n`), "the case replaces a line that is there");
      const text = good.replace(`${line}\n`, () => `${instead}\n`);
      assert.equal(reportOf(text), notValid(report));
    });
  }

  test("all of them at once, in the order of the file", () => {
    const text = good
      .replace("meridian", "Meridian")
      .replace("weight: 3", "weight: 0, wieght: 1")
      .replace("westeurope", "westerope")
      .replace("EU: [EU]", "XX: [EU]");
    assert.equal(
      reportOf(text),
      notValid([
        '2:3 service.name: "Meridian" is not a service name; use 3 to 12 lower-case letters and digits, a letter first',
        "14:23 regions.eastus2.weight: is 0; write 1 or more",
        '14:34 regions.eastus2.wieght: "wieght" is not a key here; did you mean "weight"?',
        '15:3 regions.westerope: "westerope" is not an Azure location; did you mean "westeurope"?',
        '17:15 routing.residency.XX: "XX" is not a place; did you mean "EU"?',
      ]),
    );
  });

  const files: Record<string, [text: string, report: RegExp]> = {
    "an empty file": ["", /^regions\.yaml is empty; the README shows what belongs into it$/],
    "a file of comments": ["# nothing\n", /is empty; the README/],
    "a list": ["- a\n", /1:1 is a list; write a mapping of keys$/],
    "no regions": [
      good.replace(/regions:\n.*\n.*\n/, "regions: {}\n"),
      /13:1 regions: is empty; add at least one region/,
    ],
    "no region serving": [
      good
        .replace("weight: 3", "state: planned")
        .replace("residency: EU}", "residency: EU, state: draining}"),
      /13:1 regions: none of them is serving; set the state of one to serving$/,
    ],
    "an alias bomb": [bomb(), /uses its aliases more than 100 times; write the values out$/],
  };
  for (const [name, [text, report]] of Object.entries(files))
    test(name, () => assert.match(reportOf(text), report));

  test("no file, and a directory", (t) => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-"));
    t.after(() => rmSync(folder, {recursive: true}));
    const missing = join(folder, "regions.yaml");
    assert.throws(() => readWorld(missing), {
      message: `${missing} is not there; create it, the README shows one`,
    });
    assert.throws(() => readWorld(folder), {
      message: `${folder} is a directory; name the file in it`,
    });
  });
});

test("a file is completed: defaults, pools, shares, units, order", () => {
  const world = parseWorld(
    good.replace(
      "{residency: EU}",
      "{residency: EU, deployments: [{model: codex, sku: Standard, capacity: 1, share: 80}, {model: codex, sku: DataZoneStandard, capacity: 2}]}",
    ),
  );
  const sizes = {
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
    existing: {
      network: undefined,
      registry: undefined,
      vault: undefined,
      logs: undefined,
      hubs: [],
    },
    hosts: [],
    replicas: [],
  };
  assert.deepEqual(world, {
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
        exchange: {kind: "github", api: "https://api.github.com", organizations: ["acme"]},
      },
      tags: {},
      restore: false,
      images: {admission: false},
      existing: {zone: undefined, registry: undefined, logs: undefined},
    },
    models: {
      codex: {
        host: "azure",
        format: "OpenAI",
        model: "gpt-35-turbo-instruct",
        version: "0914",
        api: "completions",
        parameters: {},
        aliases: [],
      },
    },
    regions: [
      {
        name: "eastus2",
        pool: "us",
        weight: 3,
        state: "serving",
        residency: undefined,
        ...sizes,
        deployments: [
          {name: "codex-standard", model: "codex", sku: "Standard", capacity: 240, share: 100},
        ],
      },
      {
        name: "westeurope",
        pool: "westeurope",
        weight: 1,
        state: "serving",
        residency: "EU",
        ...sizes,
        deployments: [
          {name: "codex-standard", model: "codex", sku: "Standard", capacity: 1, share: 80},
          {
            name: "codex-datazonestandard",
            model: "codex",
            sku: "DataZoneStandard",
            capacity: 2,
            share: 20,
          },
        ],
      },
    ],
    routing: {places: {}, residency: {EU: ["EU"]}, fallback: {}},
    traffic: rulesSchema.parse({}),
  });
});

test("a model is asked as its family is, but for what the file says of it", () => {
  const asked = (model: string) => {
    const text = good.replace('{model: gpt-35-turbo-instruct, version: "0914"}', model);
    const {api, parameters} = parseWorld(text).models.codex!;
    return [api, parameters.limit, parameters.effort, parameters.refuses?.length];
  };
  const limit = "max_completion_tokens";
  assert.deepEqual(asked('{model: gpt-5.6-luna, version: "1"}'), ["chat", limit, "none", 12]);
  assert.deepEqual(asked('{model: gpt-9, version: "1"}'), ["chat", limit, "low", 12]);
  assert.deepEqual(
    asked('{model: gpt-5.6-luna, version: "1", parameters: {effort: low, refuses: [stop]}}'),
    ["chat", limit, "low", 1],
  );
});

test("of an objective of a model's or of next edits only what is said is passed on", () => {
  const {service, models} = parseWorld(
    good
      .replace("firstByte: 400ms}", "firstByte: 400ms, nextEdits: {success: 90%, firstByte: 2s}}")
      .replace('"0914"}', '"0914", objective: {firstByte: 1500ms}}'),
  );
  assert.deepEqual(service.objective.nextEdits, {success: 0.9, firstByteMs: 2000});
  assert.deepEqual(models.codex?.objective, {firstByteMs: 1500});
});

test("keys live as long as the provider's refresh tokens, and for a year where those have no end", () => {
  const lifetimeOf = (lifetime: string, issuer: string) =>
    parseWorld(
      good.replace(
        "tokens: {exchange: {kind: github, organizations: [acme]}}",
        `tokens: {keys: {${lifetime}clientId: a}, exchange: {kind: oidc, issuer: "${issuer}", audience: a}}`,
      ),
    ).service.tokens.keys?.lifetimeS;
  const entra = "https://login.microsoftonline.com/t/v2.0";
  assert.equal(lifetimeOf("", entra), 90 * 86_400);
  assert.equal(lifetimeOf("lifetime: 90d, ", entra), 90 * 86_400);
  assert.equal(lifetimeOf("lifetime: 365d, ", "https://id.example.com"), 365 * 86_400);
});

test("each kind of exchange is completed", () => {
  const exchangeOf = (exchange: string) =>
    parseWorld(good.replace("{kind: github, organizations: [acme]}", exchange)).service.tokens
      .exchange;
  assert.deepEqual(exchangeOf("{kind: github, organizations: [acme]}"), {
    kind: "github",
    api: "https://api.github.com",
    organizations: ["acme"],
  });
  assert.deepEqual(exchangeOf("{kind: github, anyone: true}"), {
    kind: "github",
    api: "https://api.github.com",
    organizations: [],
  });
  const own = "https://github.example.com/api/v3";
  assert.deepEqual(exchangeOf(`{kind: github, api: "${own}"}`), {
    kind: "github",
    api: own,
    organizations: [],
  });
  assert.deepEqual(exchangeOf("{kind: oidc, issuer: 'https://login.example.com/', audience: a}"), {
    kind: "oidc",
    issuer: "https://login.example.com/",
    audience: "a",
    claim: "sub",
    scopes: [],
    groups: [],
  });
  assert.deepEqual(
    exchangeOf("{kind: introspection, url: 'https://login.example.com/i', clientId: a}"),
    {kind: "introspection", url: "https://login.example.com/i", clientId: "a", scopes: []},
  );
});

test("regions may share what they say by a merge key", () => {
  const shared = good.replace(
    "  westeurope: {residency: EU}",
    "  westeurope: &eu {residency: EU, pool: eu}\n  northeurope: {<<: *eu, weight: 2}",
  );
  const said = good.replace(
    "  westeurope: {residency: EU}",
    "  westeurope: {residency: EU, pool: eu}\n  northeurope: {residency: EU, pool: eu, weight: 2}",
  );
  assert.deepEqual(parseWorld(shared), parseWorld(said));
});

test("the order of the file does not matter, and a region may be a name alone", () => {
  const swapped = good.replace(/( {2}eastus2.*\n)( {2}westeurope.*\n)/, "$2$1");
  assert.deepEqual(parseWorld(swapped), parseWorld(good));
  const more = parseWorld(good.replace("routing:", "  japaneast:\nrouting:"));
  assert.deepEqual(
    more.regions.map(({name}) => name),
    ["eastus2", "japaneast", "westeurope"],
  );
});

test("the repository's own regions.yaml is good", () => {
  const {regions} = readWorld();
  assert.equal(regions.length, 6);
  assert.equal(new Set(regions.map(({pool}) => pool)).size, 4);
});

test("the least that a file may have, as the page on a first region shows it, is good", () => {
  const page = readFileSync(new URL("../docs/first-region.md", import.meta.url), "utf8");
  const [, least = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  assert.equal(parseWorld(least).regions.length, 1);
});

function reportOf(text: string): string {
  try {
    parseWorld(text);
    return "good";
  } catch (error) {
    assert.ok(error instanceof WorldError, String(error));
    return error.message;
  }
}

function notValid(report: readonly string[]): string {
  return `regions.yaml is not valid:\n${report.map((line) => `  - ${line}`).join("\n")}`;
}

/** Ten aliases of ten aliases of ten aliases: a thousand values in four lines. */
function bomb(): string {
  const ten = (name: string) => Array(10).fill(name).join(", ");
  return `a: &a [x]\nb: &b [${ten("*a")}]\nc: &c [${ten("*b")}]\nd: &d [${ten("*c")}]\ne: [${ten("*d")}]\n`;
}

describe("what the login for a personal key asks for", () => {
  const oidc = "kind: oidc, issuer: 'https://login.example.com', audience: a, scopes: [b]";
  const cases: Record<string, [tokens: string, scopes: string[]]> = {
    "nothing, where GitHub need say no more than who one is": [
      "keys: {clientId: a}, exchange: {kind: github, anyone: true}",
      [],
    ],
    "who may see organizations": [
      "keys: {clientId: a}, exchange: {kind: github, organizations: [acme]}",
      ["read:org"],
    ],
    "what the exchange asks for, for long": [
      `keys: {clientId: a}, exchange: {${oidc}}`,
      ["b", "offline_access"],
    ],
    "what it is told to": [
      `keys: {clientId: a, scopes: ["api://a/b", offline_access]}, exchange: {${oidc}}`,
      ["api://a/b", "offline_access"],
    ],
  };
  for (const [name, [tokens, scopes]] of Object.entries(cases))
    test(name, () => {
      const {service} = parseWorld(good.replace(EXCHANGE, `  tokens: {${tokens}}`));
      assert.deepEqual(service.tokens.keys, {lifetimeS: 7_776_000, clientId: "a", scopes});
    });
});
