import assert from "node:assert/strict";
import {test} from "node:test";
import type {Region, World} from "../../regions/world.ts";
import {smallWorld} from "../fixture.ts";
import * as names from "./names.ts";

const worldOf = (name: string, hostname = "completions.example.com"): World => ({
  ...smallWorld,
  service: {...smallWorld.service, name, hostname},
});

const regionOf = (name: string): Region => ({...smallWorld.regions[0]!, name});

test("names of an ordinary world", () => {
  const [world, region] = [worldOf("meridian"), regionOf("westeurope")];
  assert.deepEqual(
    {
      group: names.groupName(world, "global"),
      registry: names.registryName(world),
      logs: names.logsName(world),
      metrics: names.metricsName(world),
      vault: names.vaultName(world, region.name),
      account: names.accountName(world, region),
      url: names.accountUrl(world, region),
      cluster: names.clusterName(world, region),
      nodes: names.nodeGroupName(world, region),
    },
    {
      group: "meridian-global",
      registry: "meridianimages5027",
      logs: "meridian-logs",
      metrics: "meridian-metrics",
      vault: "meridian-westeurope-7d3b",
      account: "meridian-westeurope-7d3b",
      url: "https://meridian-westeurope-7d3b.openai.azure.com",
      cluster: "meridian-westeurope",
      nodes: "meridian-westeurope-nodes",
    },
  );
});

/** Azure's naming rules. The longest service and region names that regions.yaml takes must fit. */
const limits: Record<string, [name: (world: World, region: Region) => string, pattern: RegExp]> = {
  group: [(world, {name}) => names.groupName(world, name), /^[\w.()-]{1,90}$/],
  registry: [names.registryName, /^[a-zA-Z\d]{5,50}$/],
  logs: [names.logsName, /^[a-zA-Z\d-]{4,63}$/],
  metrics: [names.metricsName, /^[a-zA-Z\d-]{4,44}$/],
  vault: [(world, {name}) => names.vaultName(world, name), /^(?=.{3,24}$)[a-zA-Z](-?[a-zA-Z\d])*$/],
  account: [names.accountName, /^[a-z\d][a-z\d-]{1,63}$/],
  cluster: [names.clusterName, /^[a-zA-Z\d][\w-]{0,52}[a-zA-Z\d]$/],
  nodes: [names.nodeGroupName, /^[\w-]{1,80}$/],
};

for (const [what, [name, pattern]] of Object.entries(limits))
  for (const service of ["abc", "abcdefghijkl", "a1b2c3d4e5f6"])
    for (const region of ["uksouth", "germanywestcentral", "australiacentral2"])
      test(`the ${what} of ${service} in ${region} is within Azure's limits`, () => {
        assert.match(name(worldOf(service), regionOf(region)), pattern);
      });

test("regions that are cut to the same length have vaults of their own", () => {
  const vaults = ["australiacentral", "australiacentral2", "australiaeast"].map((region) =>
    names.vaultName(worldOf("abcdefghijkl"), region),
  );
  assert.equal(new Set(vaults).size, 3);
});

test("another hostname has other global names", () => {
  const [one, other] = [worldOf("meridian"), worldOf("meridian", "completions.example.org")];
  const all = (world: World) => [
    names.registryName(world),
    names.vaultName(world, "uksouth"),
    names.accountName(world, regionOf("uksouth")),
  ];
  assert.equal(new Set([...all(one), ...all(other)]).size, 2 * new Set(all(one)).size);
});

test("a GUID is a GUID, the same for the same words", () => {
  assert.match(names.guid("a", "b"), /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  assert.equal(names.guid("a", "b"), names.guid("a", "b"));
  assert.notEqual(names.guid("a", "b"), names.guid("b", "a"));
});
