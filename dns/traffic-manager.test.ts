import assert from "node:assert/strict";
import {test} from "node:test";
import {readWorld} from "../regions/read.ts";
import {planOf} from "./plan.ts";
import {profilesOf, rootName} from "./traffic-manager.ts";

const world = readWorld();
const profiles = profilesOf(world, planOf(world));

test("the example's profiles: pools by weight, chains by priority, the root by place", () => {
  const shape = profiles.map(({profileName, trafficRoutingMethod, endpoints}) => [
    profileName,
    trafficRoutingMethod,
    endpoints
      .map(({name, weight, priority}) => `${name} ${weight ?? priority ?? ""}`.trim())
      .join(", "),
  ]);
  assert.deepEqual(shape, [
    ["meridian-pool-brazilsouth-5027", "Weighted", "brazilsouth 1"],
    ["meridian-pool-europe-5027", "Weighted", "swedencentral 1, westeurope 2"],
    ["meridian-pool-japaneast-5027", "Weighted", "japaneast 1"],
    ["meridian-pool-us-east-5027", "Weighted", "canadacentral 1, eastus2 3"],
    [
      "meridian-rule-brazilsouth-5027",
      "Priority",
      "brazilsouth 1, us-east 2, europe 3, japaneast 4",
    ],
    ["meridian-rule-europe-5027", "Priority", "europe 1, us-east 2, japaneast 3, brazilsouth 4"],
    ["meridian-rule-europe-eu-5027", "Priority", "europe 1"],
    ["meridian-rule-japaneast-5027", "Priority", "japaneast 1, europe 2, us-east 3, brazilsouth 4"],
    ["meridian-rule-us-east-5027", "Priority", "us-east 1, europe 2, brazilsouth 3, japaneast 4"],
    ["meridian-5027", "Geographic", "brazilsouth, europe, europe-eu, japaneast, us-east"],
  ]);
  assert.equal(rootName(world), "meridian-5027");
});

test("an endpoint is a region's public name, probed by HTTPS as the service's hostname", () => {
  const pool = profiles.find(({profileName}) => profileName === "meridian-pool-europe-5027");
  assert.deepEqual(pool?.endpoints[1], {
    name: "westeurope",
    target: "meridian-westeurope-5027.westeurope.cloudapp.azure.com",
    weight: 2,
  });
  assert.deepEqual(pool?.dnsConfig, {relativeName: "meridian-pool-europe-5027", ttl: 30});
  assert.deepEqual(pool?.monitorConfig, {
    protocol: "HTTPS",
    port: 443,
    path: "/healthz",
    intervalInSeconds: 10,
    timeoutInSeconds: 5,
    toleratedNumberOfFailures: 2,
    customHeaders: [{name: "Host", value: "completions.example.com"}],
  });
});

test("the root's codes are few, unique, and cover the world", () => {
  const codes = profiles.at(-1)!.endpoints.map(({geoMapping = []}) => geoMapping);
  assert.deepEqual(codes, [
    ["BV", "HM", "PN", "TF", "WORLD"],
    ["AF", "AM", "AZ", "CY", "GE", "GEO-AF", "GEO-ME", "KG", "KZ", "PK", "TJ", "TM", "UZ"],
    ["GEO-EU"],
    ["GEO-AP", "GEO-AS", "UM", "US-HI"],
    ["CO", "EC", "GEO-NA", "VE"],
  ]);
});

test("rules that would be called the same carry a hash of their names", () => {
  const plan = planOf(world);
  const names = ["europe.EU", "europe-eu", "europe.eu", "japaneast", "us-east"];
  const rules = plan.rules.map((rule, index) => ({...rule, name: names[index]!}));
  const root = profilesOf(world, {...plan, rules}).at(-1)!;
  assert.deepEqual(
    root.endpoints.map(({name, child}) => [name, child]),
    [
      ["europe-eu-5c9b", "meridian-rule-europe-eu-5c9b-5027"],
      ["europe-eu", "meridian-rule-europe-eu-5027"],
      ["europe-eu-3f38", "meridian-rule-europe-eu-3f38-5027"],
      ["japaneast", "meridian-rule-japaneast-5027"],
      ["us-east", "meridian-rule-us-east-5027"],
    ],
  );
});

test("places that no region may serve are refused, with the mend", () => {
  const regions = world.regions.map((region) => ({
    ...region,
    state: region.residency === "EU" ? ("draining" as const) : region.state,
  }));
  const residency = {"EU-DE": ["EU"], "EU-FR": ["EU"]};
  const drained = {...world, regions, routing: {...world.routing, residency}};
  assert.throws(() => profilesOf(drained, planOf(drained)), {
    message:
      "No serving region keeps the residency of Germany, France. Every region of a pool must carry the label that routing.residency asks for; label one pool so, set one of its regions to serving, or lift the residency.",
  });
});
