import assert from "node:assert/strict";
import {test} from "node:test";
import {readWorld} from "../../regions/read.ts";
import {planOf} from "../plan.ts";
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
    ["meridian-pool-europe-5027", "Weighted", "swedencentral 1, westeurope 2"],
    ["meridian-pool-us-east-5027", "Weighted", "canadacentral 1, eastus2 3"],
    [
      "meridian-rule-brazilsouth-5027",
      "Priority",
      "brazilsouth 1, us-east 2, europe 3, japaneast 4",
    ],
    ["meridian-rule-europe-5027", "Priority", "europe 1, us-east 2, brazilsouth 3, japaneast 4"],
    ["meridian-rule-japaneast-5027", "Priority", "japaneast 1, us-east 2, europe 3, brazilsouth 4"],
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
    ["AQ", "GEO-SA"],
    `AD AL AM AZ BA BY CH FO GB GE GG GI GL IM IS JE KG KZ LI MC MD ME MK NO RS RU SJ SM TJ TM UA UZ VA
     WORLD XJ XK`.split(/\s+/),
    ["GEO-EU", "GF", "GP", "MF", "MQ", "RE", "YT"],
    ["GEO-AP", "GEO-AS", "TF", "UM", "US-HI"],
    ["BV", "CO", "EC", "GEO-NA", "PF", "PN", "VE"],
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
      ["europe-eu-3f38", "meridian-pool-europe-5027"],
      ["japaneast", "meridian-rule-japaneast-5027"],
      ["us-east", "meridian-rule-us-east-5027"],
    ],
  );
});

test("rules of one chain share its profile, and their codes are fewer for it", () => {
  const plan = planOf(world);
  const everywhere = {...plan, rules: plan.rules.map((rule) => ({...rule, chain: ["japaneast"]}))};
  assert.deepEqual(profilesOf(world, everywhere).at(-1)!.endpoints, [
    {name: "brazilsouth", target: japan, geoMapping: ["WORLD"]},
  ]);
});

const japan = "meridian-japaneast-5027.japaneast.cloudapp.azure.com";

test("adding a region renames no profile", () => {
  const regions = [...world.regions, {...world.regions[0]!, name: "uksouth", pool: "aaa"}];
  const larger = {...world, regions};
  const [before, after] = [world, larger].map((of) =>
    profilesOf(of, planOf(of)).map(({profileName}) => profileName),
  );
  assert.deepEqual(
    before!.filter((name) => !after!.includes(name)),
    [],
  );
});

test("probes tolerate what fits into half of the objective's window", () => {
  const tolerated = (windowMs: number) => {
    const {service} = world;
    const objective = {...service.objective, windowMs};
    const [profile] = profilesOf({...world, service: {...service, objective}}, planOf(world));
    return profile!.monitorConfig.toleratedNumberOfFailures;
  };
  assert.deepEqual([1_000, 20_000, 60_000, 120_000, 3_600_000].map(tolerated), [0, 0, 2, 5, 9]);
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
