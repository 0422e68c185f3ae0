import assert from "node:assert/strict";
import {test} from "node:test";
import type {Estate} from "../../cloud/resource-manager.ts";
import {rootName} from "../../dns/traffic-manager/traffic-manager.ts";
import {alternativesTo} from "./elsewhere.ts";
import type {Finding} from "./finding.ts";
import {askEstate, estateOf, runPreflight, TOKEN, world} from "./main.rig.ts";
import {namesOf} from "./names.ts";

const quota = "OpenAI.DataZoneStandard.gpt-5.6-luna";
const [account, address, vault] = namesOf(world, "westeurope").map(({name}) => name) as [
  string,
  string,
  string,
];
const root = rootName(world);

const notOk = (findings: readonly Finding[]) =>
  findings.filter(({status}) => status !== "ok").map(inOneLine);
const inOneLine = ({of, check, asked, found, mend, elsewhere}: Finding) =>
  [`${of} ${check} ${asked}: ${found}`, mend, elsewhere].filter(Boolean).join(" → ");

test("a subscription that has it all", async (t) => {
  const args = ["--regions", "westeurope"];
  const done = await runPreflight(t, estateOf({westeurope: {}}), args);
  assert.equal(
    done.out.replace(/, days left: \d+/, ", days left: N"),
    `for           check       asked                                            found
subscription  provider    11 of 11                                     ok  registered
subscription  rights      Contributor                                  ok  its actions are allowed
subscription  rights      Role Based Access Control Administrator      ok  its actions are allowed
subscription  rights      Azure Kubernetes Service RBAC Cluster Admin  ok  its actions are allowed
westeurope    model       gpt-5.6-luna 2026-07-09 DataZoneStandard     ok  offered
westeurope    model       gpt-6-luna 2026-09-22 DataZoneStandard       ok  offered, days left: N
westeurope    quota       333 of OpenAI.DataZoneStandard.gpt-5.6-luna  ok  1000 left of 1000
westeurope    quota       333 of OpenAI.DataZoneStandard.gpt-6-luna    ok  1000 left of 1000
westeurope    Kubernetes  1.36                                         ok  offered, supported until 2027-06-30
westeurope    nodes       Standard_D4ds_v5 in zones 1, 2, 3            ok  offered
westeurope    vCPUs       68 of standardDDSv5Family                    ok  100 left of 100
westeurope    vCPUs       68 of cores                                  ok  1000 left of 1000
westeurope    account     ${account}                     ok  free
westeurope    address     ${address}                     ok  free
westeurope    vault       ${vault}                     ok  free

15 ok, 0 short, 0 unknown.
`,
  );
  assert.equal((done.out + done.err).includes(TOKEN.slice(0, 20)), false);
  assert.deepEqual(done.err.trim().split("\n").toSorted(), [
    "subscription: 4 ok, 0 short, 0 unknown",
    "westeurope: 11 ok, 0 short, 0 unknown",
  ]);
  assert.equal(done.code, 0);
});

/** Everything that can be short is short, in two regions, one of which has a neighbour with room. */
function shortEstate(): Estate {
  const base = estateOf({
    westeurope: {quota: {limit: 333, currentValue: 233}, zones: ["1", "3"]},
    belgiumcentral: {skus: ["ProvisionedManaged"]},
    germanywestcentral: {cores: {limit: 10, currentValue: 0}},
    uksouth: {},
    japaneast: {skus: ["DataZoneStandard", "ProvisionedManaged"]},
  });
  const lists = {
    ...base.lists,
    providers: base.lists.providers!.slice(1),
    "providers/microsoft.authorization/permissions": [
      {actions: ["*"], notActions: ["Microsoft.Authorization/*/Write"], dataActions: ["*"]},
    ],
    "providers/microsoft.cognitiveservices/deletedaccounts": [
      {name: "other", properties: {}},
      {name: "another", properties: {}},
      {name: account, location: "westeurope", properties: {}},
    ],
    "providers/microsoft.keyvault/deletedvaults": [
      {name: vault, properties: {scheduledPurgeDate: "2027-01-02T03:04:05Z"}},
    ],
  };
  return {...base, lists, taken: [address]};
}

test("each shortfall is told, with its mend and the nearest location that has room", async (t) => {
  const {findings} = await askEstate(t, shortEstate(), ["japaneast", "westeurope"]);
  assert.deepEqual(notOk(findings), [
    "subscription provider Microsoft.AlertsManagement: not known to Azure → az provider register --namespace Microsoft.AlertsManagement",
    "subscription rights Role Based Access Control Administrator: may not Microsoft.Authorization/roleAssignments/write → ask for the role Role Based Access Control Administrator on the subscription",
    `japaneast model gpt-5.6-luna 2026-07-09 GlobalStandard: offered as DataZoneStandard, ProvisionedManaged → give the region's deployment another sku → uksouth, 254 ms away`,
    `westeurope quota 333 of ${quota}: 100 left of 333 → ask Azure for 233 more, or ask for less here → uksouth, 17 ms away`,
    "westeurope nodes Standard_D4ds_v5 in zones 1, 2, 3: in zones 1, 3 only → write zones: [1, 3] under cluster, ask Azure to open the others, or choose another size under cluster → uksouth, 17 ms away",
    `westeurope account ${account}: a deleted one keeps it → give the region restore: true`,
    `westeurope address ${address}: taken → if it is yours, of another stack or group, remove that; else choose another service.name`,
    `westeurope vault ${vault}: a deleted one keeps it until 2027-01-02 → give the region restore: true`,
  ]);
});

test("what a stack has already is not asked for again", async (t) => {
  const full = {limit: 333, currentValue: 333};
  const base = estateOf({westeurope: {quota: full, cores: {limit: 68, currentValue: 24}}});
  const group = "resourcegroups/meridian-westeurope";
  const providers = `${group}/providers`;
  const estate: Estate = {
    ...base,
    taken: [account, address, vault],
    lists: {
      ...base.lists,
      [`${group}/resources`]: [
        {type: "Microsoft.Network/virtualNetworks", name: "network"},
        {type: "Microsoft.CognitiveServices/accounts", name: account},
        {type: "Microsoft.Network/publicIPAddresses", name: "edge"},
        {type: "microsoft.keyvault/vaults", name: vault.toUpperCase()},
      ],
      [`${providers}/microsoft.cognitiveservices/accounts/${account}/deployments`]: [
        {
          name: "copilot-codex-datazonestandard",
          sku: {name: "DataZoneStandard", capacity: 333},
          properties: {model: {format: "OpenAI", name: "gpt-5.6-luna", version: "2026-07-09"}},
        },
      ],
    },
    resources: {
      ...base.resources,
      [`${providers}/microsoft.containerservice/managedclusters/meridian-westeurope`]: {
        properties: {
          kubernetesVersion: "1.36.4",
          agentPoolProfiles: [
            {name: "system", mode: "System", vmSize: "Standard_D4ds_v5", count: 3},
            {name: "usersb811", mode: "User", vmSize: "Standard_D4ds_v5", count: 3},
          ],
        },
      },
    },
  };
  const {findings} = await askEstate(t, estate, ["westeurope"]);
  assert.deepEqual(
    findings
      .filter(({of}) => of === "westeurope")
      .map(({check, status, found}) => [check, status, found.replace(/, days left: \d+/, "")]),
    [
      ["model", "ok", "offered"],
      ["model", "ok", "offered"],
      ["quota", "ok", "333 left of 333, 333 by this stack"],
      ["quota", "ok", "1000 left of 1000"],
      ["Kubernetes", "ok", "the cluster has it, supported until 2027-06-30"],
      ["nodes", "ok", "offered"],
      ["vCPUs", "ok", "68 left of 68, 24 by this stack"],
      ["vCPUs", "ok", "1000 left of 1000, 24 by this stack"],
      ["account", "ok", "this stack has it"],
      ["address", "ok", "this stack has it"],
      ["vault", "ok", "this stack has it"],
    ],
  );
});

test("a throttled question is asked again, and one region's error hides no other's answers", async (t) => {
  const services = "providers/microsoft.cognitiveservices/locations";
  const estate: Estate = {
    ...estateOf({westeurope: {}, japaneast: {}}),
    faults: {
      [`${services}/westeurope/usages`]: {
        status: 429,
        code: "TooManyRequests",
        message: "Please try again after '1' seconds.",
        headers: {"retry-after": "0"},
        times: 2,
      },
      [`${services}/japaneast/models`]: {
        status: 403,
        code: "AuthorizationFailed",
        message: "The client does not have authorization to perform action 'x'.",
      },
    },
  };
  const {findings, asked} = await askEstate(t, estate, ["japaneast", "westeurope"]);
  const refused =
    "403 AuthorizationFailed: The client does not have authorization to perform action 'x'. → ask for the role Reader on the subscription";
  assert.deepEqual(notOk(findings), [
    `japaneast model all: ${refused}`,
    `japaneast quota all: ${refused}`,
  ]);
  const path = "Microsoft.CognitiveServices/locations/westeurope/usages";
  const usages = asked.filter((line) => line.includes(path));
  // Two throttled requests, the answer, and its two further pages.
  assert.equal(usages.length, 5);
});

test("a region for which no location has room is told so", async (t) => {
  const estate = estateOf({japaneast: {quota: {limit: 100, currentValue: 0}}});
  const {findings, asked} = await askEstate(t, estate, ["japaneast"]);
  const {length} = alternativesTo(world, "japaneast");
  assert.deepEqual(notOk(findings), [
    `japaneast quota 1000 of OpenAI.GlobalStandard.gpt-5.6-luna: 100 left of 100 → ask Azure for 900 more, or ask for less here → none of ${length} locations`,
  ]);
  // Other locations have no models, so nothing else was asked of them.
  const places = asked.map((line) => /locations\/(\w+)\/models\?/.exec(line)?.[1]).filter(Boolean);
  assert.equal(new Set(places).size, length + 1);
});

test("a location that could not be asked is not passed over in silence", async (t) => {
  const estate: Estate = {
    ...estateOf({westeurope: {skus: []}, uksouth: {}}),
    faults: {
      "providers/microsoft.cognitiveservices/locations/belgiumcentral/models": {
        status: 403,
        code: "AuthorizationFailed",
        message: "No.",
      },
    },
  };
  const {findings} = await askEstate(t, estate, ["westeurope"]);
  assert.deepEqual(notOk(findings), [
    "westeurope model gpt-5.6-luna 2026-07-09 DataZoneStandard: offered as no sku → give the region's deployment another sku → uksouth, 17 ms away; 1 other could not be asked",
  ]);
});

test("offline, nobody is asked: what each location would be asked for, and what is near", async (t) => {
  const args = ["--regions", "westeurope", "--offline", "--json"];
  const done = await runPreflight(t, estateOf({}), args);
  assert.deepEqual(
    (JSON.parse(done.out).findings as Finding[]).map(({check, asked, status, found}) => [
      check,
      asked,
      status,
      found.replace(/days left: \d+/, "days left: N"),
    ]),
    [
      ["location", "West Europe, Netherlands", "ok", "three zones"],
      [
        "model",
        "gpt-5.6-luna 2026-07-09 DataZoneStandard",
        "ok",
        "by regions/models/releases.ts 333 requests a minute, days left: N, sold as GlobalStandard, DataZoneStandard, GlobalProvisionedManaged, DataZoneProvisionedManaged, ProvisionedManaged, data zones US, EU",
      ],
      [
        "model",
        "gpt-6-luna 2026-09-22 DataZoneStandard",
        "ok",
        "by regions/models/releases.ts 333 requests a minute, days left: N, sold as GlobalStandard, DataZoneStandard",
      ],
      [
        "quota",
        "333 of gpt-5.6-luna 2026-07-09 DataZoneStandard",
        "unknown",
        "Azure was not asked",
      ],
      ["quota", "333 of gpt-6-luna 2026-09-22 DataZoneStandard", "unknown", "Azure was not asked"],
      ["quota", "17 nodes Standard_D4ds_v5, 68 vCPUs", "unknown", "Azure was not asked"],
      [
        "near",
        "3 locations",
        "ok",
        "belgiumcentral 15 ms, germanywestcentral 17 ms, uksouth 17 ms",
      ],
    ],
  );
  assert.deepEqual([done.code, done.err, done.asked], [0, "", []]);
});

test("something short ends it with 1, and says what to do", async (t) => {
  const estate = {...estateOf({}), taken: [root]};
  const {code, out} = await runPreflight(t, estate, ["--stack", "dns"]);
  assert.equal(code, 1);
  assert.equal(
    out.slice(out.indexOf("\nShort:"), out.lastIndexOf("\n\n")),
    `
Short:
  dns profile: ${root}: The name '${root}' is already in use.
    if it is yours, of another stack or group, remove that; else choose another service.name`,
  );
});

test("who cannot sign in is told so, and that once", async (t) => {
  const {code, out, err, asked} = await runPreflight(t, estateOf({westeurope: {}}), [], {
    AZURE_CLIENT_ID: "another",
  });
  assert.doesNotMatch(err, new RegExp(TOKEN.slice(0, 20)));
  assert.equal(
    err,
    "cannot sign in to Azure: AADSTS700213: No matching federated identity record found for presented assertion; see who is meant by AZURE_CLIENT_ID and AZURE_TENANT_ID, or sign in anew by az login\n",
  );
  assert.deepEqual([code, out, asked], [1, "", []]);
});
