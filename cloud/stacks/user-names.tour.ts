import assert from "node:assert/strict";
import {test} from "node:test";
import fc from "fast-check";
import {stringify} from "yaml";
import {mergedChains} from "../../dns/merged-chains.ts";
import {dynamicRecord} from "../../dns/octodns/octodns.ts";
import {planOf} from "../../dns/plan.ts";
import {profilesOf} from "../../dns/traffic-manager/traffic-manager.ts";
import {policyOf} from "../../infra/cluster/proxy.ts";
import {policySchema} from "../../proxy/policy.ts";
import {OWN_SECRETS} from "../../regions/name-rules.ts";
import {parseWorld} from "../../regions/read.ts";
import {OWN_TAGS, tagsSchema} from "../../regions/tags.ts";
import type {World} from "../../regions/world.ts";
import {WorldError} from "../../regions/world-error.ts";
import {mountedSecrets, of} from "../kubernetes/pods.ts";
import {type Built, runStacks} from "./stacks.ts";

/** Every name that regions.yaml lets its writer choose. */
interface Chosen {
  readonly service: string;
  readonly hostname: string;
  readonly pools: readonly string[];
  readonly residency: string;
  readonly model: string;
  readonly key: string;
  readonly certificate: string;
  readonly experiment: string;
  readonly tags: Readonly<Record<string, string>>;
}

const REGIONS = ["germanywestcentral", "switzerlandnorth", "northcentralus", "westeurope"];

const worldOf = ({
  service,
  hostname,
  pools,
  residency,
  model,
  key,
  certificate,
  ...chosen
}: Chosen) =>
  parseWorld(
    stringify({
      service: {
        name: service,
        hostname: `${hostname}.example.com`,
        zone: "example.com",
        objective: {success: "99.5%", firstByte: "400ms"},
        tokens: {
          exchange: {kind: "introspection", url: "https://login.example.com/i", clientId: "a"},
        },
        tags: chosen.tags,
      },
      models: {
        [model]: {model: "gpt-35-turbo-instruct", version: "0914"},
        other: {host: "url", model: "m"},
      },
      defaults: {
        cluster: {nodes: "3-12", size: "Standard_D4ds_v5"},
        proxies: "3-30",
        deployments: [{model, sku: "DataZoneProvisionedManaged", capacity: 100}],
        hosts: [{model: "other", url: "https://h.example.com", key}],
        certificate: {name: certificate},
      },
      // One pool keeps the residency, so that its places have a rule of their own.
      regions: Object.fromEntries(
        REGIONS.map((name, at) => {
          const pool = at % pools.length;
          return [name, {pool: pools[pool], ...(pool === 0 && {residency})}];
        }),
      ),
      routing: {residency: {EU: [residency]}},
      traffic: {
        experiments: [
          {
            name: chosen.experiment,
            arms: ["a", "b"].map((name) => ({
              name: `${name}${chosen.experiment}`.slice(0, 63),
              weight: 1,
            })),
          },
        ],
      },
    }),
  );

/** Names as long and as odd as each may be. */
const longest: Chosen = {
  service: "abcdefghijk1",
  hostname: "c".repeat(30),
  pools: [`${"p".repeat(30)}1`, `${"p".repeat(30)}2`],
  residency: "R".repeat(31),
  model: "m".repeat(31),
  key: "null",
  certificate: "1".repeat(127),
  experiment: `9${"._-".repeat(20)}_`,
  tags: Object.fromEntries(
    Array.from({length: 12}, (_, at) => [
      `${"t".repeat(126)}${at + 10}`.slice(-128),
      "v".repeat(256),
    ]),
  ),
};

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcognitiveservices */
const DEPLOYMENT = /^[a-zA-Z0-9][\w.-]{0,62}[a-zA-Z0-9]$/;

/** What the names become in DNS, in policies and in headers. */
function assertTaken(world: World): void {
  const plan = planOf(world);
  for (const {profileName, endpoints} of profilesOf(world, plan)) {
    assert.match(profileName, DNS_LABEL);
    assert.equal(new Set(endpoints.map(({name}) => name)).size, endpoints.length);
  }
  assertPools(world);
  for (const region of world.regions) {
    for (const {name} of region.deployments) assert.match(name, DEPLOYMENT);
    const {experiments, models} = policySchema.parse(policyOf(world, region));
    assert.deepEqual(Object.keys(models).toSorted(), Object.keys(world.models).toSorted());
    for (const {name, arms} of experiments)
      for (const arm of arms) {
        const label = `${name}/${arm.name}`;
        assert.equal(new Headers({"x-meridian-arm": label}).get("x-meridian-arm"), label);
      }
  }
}

/** Each chain has its pools, and none has another's: octoDNS's Azure provider makes labels of their names. */
function assertPools(world: World): void {
  const plan = planOf(world);
  const {dynamic} = dynamicRecord(world, plan);
  const root = world.service.hostname.replaceAll(".", "--");
  for (const name of Object.keys(dynamic.pools)) assert.match(`${root}-pool-${name}`, DNS_LABEL);
  const lengths = dynamic.rules.map(({pool}) => {
    const chain = [pool];
    for (let next = dynamic.pools[pool]!.fallback; next; next = dynamic.pools[next]!.fallback)
      chain.push(next);
    return chain.length;
  });
  const wanted = mergedChains(plan).map(({pools}) => pools.length);
  assert.deepEqual(new Set(lengths), new Set(wanted));
}

test("the longest and oddest names are taken by all that they become", async () => {
  const world = worldOf(longest);
  assertTaken(world);
  const built = await runStacks(withAllSecrets(world));
  assertSecrets(built, world);
  assertTags(built);
});

/** No file asks for both an introspection client's secret and those of personal keys. */
function withAllSecrets({service, ...world}: World): World {
  const keys = {lifetimeS: 7_776_000, clientId: "a", scopes: []};
  return {...world, service: {...service, tokens: {...service.tokens, keys}}};
}

/** By the class that mounts them, and by the vault: what is not the writer's is what they may not take. */
function assertSecrets({stacks}: Built, world: World): void {
  const resources = stacks.flatMap(({resources}) => resources);
  const type = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass";
  const mounted = of<{spec: {parameters: {objects: string}}}>(resources, type).flatMap(({spec}) =>
    mountedSecrets(spec.parameters.objects),
  );
  const kept = of<{secretName: string}>(resources, "azure-native:keyvault:Secret");
  const names = new Set([
    ...mounted.map(({name}) => name),
    ...kept.map(({secretName}) => secretName),
  ]);
  const [{certificate, hosts}] = world.regions as [World["regions"][number]];
  assert.deepEqual(
    [...names].toSorted(),
    [...OWN_SECRETS, certificate.name, ...hosts.map(({key}) => key!)].toSorted(),
  );
}

function assertTags({stacks}: Built): void {
  const tags = stacks
    .flatMap(({resources}) => resources)
    .flatMap(({inputs}) => ("tags" in inputs ? [inputs.tags as Record<string, string>] : []));
  for (const all of tags) assert.equal(Object.keys(all).length, 15);
  const own = new Set(tags.flatMap(Object.keys).filter((name) => !(name in longest.tags)));
  assert.deepEqual([...own].toSorted(), [...OWN_TAGS].toSorted());
}

test("what stacks write themselves is refused in regions.yaml, whatever its case", () => {
  for (const name of OWN_TAGS)
    for (const said of [name, name.toUpperCase()])
      assert.ok(!tagsSchema.safeParse({[said]: "x"}).success, said);
  for (const name of OWN_SECRETS)
    assert.throws(() => worldOf({...longest, key: name.toUpperCase()}), /that Meridian keeps/);
});

test("whatever names are, all that they become takes them, or they are told to be none", () => {
  const mostly = (usual: readonly string[], odd: fc.Arbitrary<string>) =>
    fc.oneof({weight: 6, arbitrary: fc.constantFrom(...usual)}, {weight: 1, arbitrary: odd});
  const label = mostly(
    ["a", "a-b", "b", "a--b", "a---2", "a-eu", "eu", "constructor"],
    fc.stringMatching(/^[a-z][a-z0-9-]{0,6}-?$/),
  );
  const text = fc.string({unit: "binary", maxLength: 6});
  const chosen = fc.record({
    pools: fc.uniqueArray(label, {minLength: 1, maxLength: 4}),
    residency: mostly(
      ["EU", "eu", "b", "a-b"],
      fc.constantFrom("EU.", "-EU", "EU-", "E U", "Ö", ""),
    ),
    model: label,
    experiment: mostly(["e", "a.b", "9_-"], text),
  });
  let taken = 0;
  fc.assert(
    fc.property(chosen, (some) => {
      let world: World;
      try {
        world = worldOf({...longest, ...some});
      } catch (error) {
        assert.ok(error instanceof WorldError, String(error));
        return;
      }
      taken++;
      assertTaken(world);
    }),
    {numRuns: 150},
  );
  assert.ok(taken > 20, `${taken} of them were taken`);
});
