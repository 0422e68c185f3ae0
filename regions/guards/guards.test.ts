import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {parse} from "yaml";
import {fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";
import type {World} from "../world.ts";

const GROUP = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/keys";
const KEY = `${GROUP}/providers/Microsoft.KeyVault/vaults/corporate/keys/region`;
const STORAGE = `${GROUP}/providers/Microsoft.Storage/storageAccounts/flows`;
const OTHER = "00000000-0000-4000-8000-0000000000aa";
const subnet = (name: string) =>
  `${GROUP}/providers/Microsoft.Network/virtualNetworks/spoke/subnets/${name}`;
const REGISTRY = `${GROUP}/providers/Microsoft.ContainerRegistry/registries/corporate`;

type Given = Parameters<typeof fileWith>[0];

const refused: Record<string, [given: Given, fault: string]> = {
  "a key by its address": [
    {region: '{encryption: {key: "https://corporate.vault.azure.net/keys/region"}}'},
    '18:26 regions.eastus2.encryption.key: "https://corporate.vault.azure.net/keys/region" is not the id of a Key Vault key; write /subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…/keys/…',
  ],
  "a version of a key": [
    {region: `{encryption: {key: ${KEY}/0123}}`},
    `18:26 regions.eastus2.encryption.key: "${KEY}/0123" is not the id of a Key Vault key; write /subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…/keys/…`,
  ],
  "a key of what no key can be of": [
    {region: `{encryption: {key: ${KEY}, of: [pods]}}`},
    '18:167 regions.eastus2.encryption.of.0: "pods" is not known; did you mean "nodes"?',
  ],
  "flow logs of a network that is there already": [
    {
      region: `{network: {space: 10.8.0.0/20}, existing: {network: {nodes: ${subnet("a")}, endpoints: ${subnet("b")}}}, flowLogs: {storage: ${STORAGE}}}`,
    },
    "18:351 regions.eastus2.flowLogs: are of the network that the stack makes, and yours is used instead; leave them out",
  ],
  "a watcher of another subscription": [
    {
      region: `{subscription: ${OTHER}, flowLogs: {storage: ${STORAGE}, watcher: ${GROUP}/providers/Microsoft.Network/networkWatchers/w}}`,
    },
    `18:208 regions.eastus2.flowLogs.watcher: is in another subscription than the region, ${OTHER}; name one of its own`,
  ],
  "a filter that is not there, with what is near": [
    {
      region:
        "{deployments: [{model: codex, sku: Standard, capacity: 1, filter: Microsoft.DefaultV3}]}",
    },
    '18:70 regions.eastus2.deployments.0.filter: "Microsoft.DefaultV3" is not a filter; did you mean "Microsoft.DefaultV2"?',
  ],
  "a key for a registry that is there already": [
    {service: `encryption: {key: ${KEY}}\n  existing: {registry: ${REGISTRY}}`},
    "7:3 service.encryption: is of the registry that global makes, and yours is used instead; leave it out",
  ],
};

for (const [name, [given, fault]] of Object.entries(refused))
  test(`${name} is told with its mend`, () => {
    assert.throws(() => parseWorld(fileWith(given)), {
      message: `regions.yaml is not valid:\n  - ${fault}`,
    });
  });

/** What guards the one region of a file, and its service. */
function guardsOf({service, regions: [region]}: World) {
  const {azurePolicy, defender} = region!.cluster;
  const {encryption, flowLogs} = region!;
  return {azurePolicy, defender, encryption, flowLogs, shared: service.encryption};
}

test("nothing is guarded that nobody asked for", () => {
  assert.deepEqual(
    Object.values(guardsOf(parseWorld(fileWith({})))).filter((value) => value !== undefined),
    [],
  );
});

test("a filter of one's own, with what it is where nothing is said", () => {
  const deployments = "[{model: codex, sku: Standard, capacity: 1, filter: code}]";
  const file = `filters: {code: {}}\n${fileWith({region: `{deployments: ${deployments}}`})}`;
  const {filters, regions} = parseWorld(file);
  assert.equal(regions[0]!.deployments[0]!.filter, "code");
  assert.deepEqual(filters, {
    code: {severity: "medium", blocks: ["jailbreak", "protectedText"], asynchronous: false},
  });
});

test("what is asked for, and what a key is of where nothing is said", () => {
  const world = parseWorld(
    fileWith({
      service: `encryption: {key: ${KEY}}`,
      region: `{cluster: {azurePolicy: true, defender: true}, encryption: {key: ${KEY}}, flowLogs: {storage: ${STORAGE}}}`,
    }),
  );
  assert.deepEqual(guardsOf(world), {
    azurePolicy: true,
    defender: true,
    encryption: {key: KEY, of: ["models", "nodes"]},
    flowLogs: {storage: STORAGE, days: 90, analytics: false},
    shared: {key: KEY},
  });
});

test("what is switched off is another thing than what nothing is said of", () => {
  const read = (cluster: string) => {
    const {azurePolicy, defender} = parseWorld(fileWith({region: `{cluster: ${cluster}}`}))
      .regions[0]!.cluster;
    return [azurePolicy, defender];
  };
  assert.deepEqual(read("{azurePolicy: false, defender: false}"), [false, false]);
  assert.deepEqual(read("{}"), [undefined, undefined]);
});

const page = readFileSync(new URL("../../docs/guards.md", import.meta.url), "utf8");
const ID = "00000000-0000-4000-8000-000000000001";

/** The examples of docs/guards.md, each with something in the place of what it leaves out. */
const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) =>
  parse(text!.replaceAll("/subscriptions/…", `/subscriptions/${ID}`).replaceAll("…", "own")),
);

test("what the page shows can be written, all of it at once", () => {
  assert.equal(examples.length, 4);
  const models = 'copilot-luna: {model: gpt-5.6-luna, version: "2026-07-09"}';
  const file = parse(fileWith({models}));
  const merged = [file, ...examples].reduce((one, other) => merge(one, other));
  const {regions} = parseWorld(JSON.stringify(merged));
  const {cluster, encryption, flowLogs, deployments} = regions.find(
    ({name}) => name === "westeurope",
  )!;
  assert.deepEqual([cluster.azurePolicy, cluster.defender], [true, true]);
  assert.ok(encryption && flowLogs && deployments[0]!.filter);
});

type Tree = Record<string, unknown>;

/** Maps are merged, and whatever else is there twice is taken from the second. */
function merge(one: Tree, other: Tree): Tree {
  const isMap = (value: unknown): value is Tree =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const both = Object.entries(other).map(([key, value]) => {
    const old = one[key];
    return [key, isMap(old) && isMap(value) ? merge(old, value) : value];
  });
  return {...one, ...Object.fromEntries(both)};
}
