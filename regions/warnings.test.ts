import assert from "node:assert/strict";
import {test} from "node:test";
import {fileWith} from "./fixture.ts";
import {parseWorld, readWorld} from "./read.ts";
import {warningsOf} from "./warnings.ts";

const NOW_MS = Date.parse("2026-11-26T00:00:00Z");
const warned = (
  model: string,
  deployment = "sku: GlobalStandard, capacity: 1000",
  nowMs = NOW_MS,
  region = "eastus2",
  service = "",
) =>
  warningsOf(
    parseWorld(
      fileWith({
        service,
        models: `m: {model: ${model}}`,
        region: `{deployments: [{model: m, ${deployment}}]}`,
      }).replace("eastus2:", `${region}:`),
    ),
    nowMs,
  ).filter((warning) => !/^(Kubernetes|models\.codex:)/.test(warning));

const LUNA = 'gpt-5.6-luna, version: "2026-07-09"';
const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
const cases: Record<string, readonly [warnings: string[], expected: string[]]> = {
  "nothing of a model on sale": [warned(LUNA), []],
  "a model that nobody sells": [
    warned('gpt-5.6-lunna, version: "2026-07-09"'),
    [
      'models.m: gpt-5.6-lunna is no model that is known here, but "gpt-5.6-luna" is; npm run preflight asks Azure what is sold',
    ],
  ],
  "a version that nobody sells": [
    warned('gpt-5.6-luna, version: "2026-07-10"'),
    [
      "models.m: gpt-5.6-luna has no version 2026-07-10 that is known here, but 2026-07-09; npm run preflight asks Azure what is sold",
    ],
  ],
  "a size that there is not, once for those that ask for it": [
    warningsOf(
      parseWorld(
        fileWith({region: "{}\n  westus3: {}"}).replace("Standard_D4ds_v5", "Standard_D5ds_v5"),
      ),
      NOW_MS,
    ).filter((warning) => warning.startsWith("nodes")),
    [
      "nodes of eastus2, westus3: Standard_D5ds_v5 is not known here: there is none of 5 vCPUs; write Standard_D4ds_v5, or ask Azure by npm run preflight",
    ],
  ],
  "a name that no family covers": [
    warned('gpt-9, version: "1"'),
    [
      "models.m: no family of models covers gpt-9; it is asked by chat with the least that all take. Say under parameters what it takes: docs/chat.md",
    ],
  ],
  "four months before it ends": [
    warned(LUNA, undefined, at("2027-09-13")),
    [
      "models.m: gpt-5.6-luna 2026-07-09 is retired in 120 days, on 2028-01-11; plan for gpt-6-luna",
      "models.m: gpt-5.6-luna 2026-07-09 may be closed to new subscriptions since 2027-07-09; ask npm run preflight",
    ],
  ],
  "the day that it ends": [
    warned(LUNA, undefined, at("2028-01-11")),
    ["models.m: gpt-5.6-luna 2026-07-09 was retired on 2028-01-11; name gpt-6-luna"],
  ],
  "a sku that it is not sold as": [
    warned(LUNA, "sku: Standard, capacity: 1000"),
    [
      "regions.eastus2: m is not known to be sold as Standard, but as GlobalStandard, DataZoneStandard, GlobalProvisionedManaged, DataZoneProvisionedManaged, ProvisionedManaged",
    ],
  ],
  "fewer requests than one person's": [
    warned(LUNA, "sku: GlobalStandard, capacity: 59"),
    ["regions.eastus2: m as GlobalStandard takes 59 requests a minute; raise its capacity"],
  ],
  "units that are no requests": [warned(LUNA, "sku: ProvisionedManaged, capacity: 15"), []],
  "fewer requests than one person's, of a model that ends as well": [
    warned('gpt-5-nano, version: "2025-08-07"', "sku: GlobalStandard, capacity: 6"),
    [
      "models.m: gpt-5-nano 2025-08-07 is retired in 75 days, on 2027-02-09; plan for gpt-5.4-nano",
      "models.m: gpt-5-nano 2025-08-07 may be closed to new subscriptions since 2026-08-07; ask npm run preflight",
      "regions.eastus2: m as GlobalStandard takes 6 requests a minute; raise its capacity",
    ],
  ],
};

/** Two models, and where each is, four months before they end. */
const succeeded = (eastus2: string, westeurope: string, nowMs = at("2027-09-13")) =>
  warningsOf(
    parseWorld(
      fileWith({
        models: `m: {model: ${LUNA}, successor: next}\n  next: {model: ${LUNA}, successor: last}\n  last: {model: ${LUNA}}`,
        region: `{pool: one, deployments: [${eastus2}]}\n  westeurope: {pool: one, deployments: [${westeurope}]}`,
      }),
    ),
    nowMs,
  ).filter((warning) => warning.startsWith("regions."));
const on = (model: string) => `{model: ${model}, sku: GlobalStandard, capacity: 1000}`;
const missed = (region: string) =>
  `regions.${region}: next, the successor of m, is neither here nor in another region of pool one; deploy it here, that it can serve once m is retired`;

test("warned of a successor that nobody near has, and not of one that a region of the pool has", () => {
  assert.deepEqual(succeeded(on("m"), on("m")), [missed("eastus2"), missed("westeurope")]);
  assert.deepEqual(succeeded(on("m"), on("m"), at("2027-09-12")), [], "a day earlier");
  assert.deepEqual(succeeded(on("m"), on("last")), []);
  assert.deepEqual(succeeded(`${on("m")}, ${on("last")}`, on("m")), []);
});

const ZONE = "sku: DataZoneStandard, capacity: 333";
/** Apart from what is told of every world in another cloud than the public one. */
const inGovernment = (model: string, deployment: string) => {
  const [first, ...others] = warned(model, deployment, NOW_MS, "usgovarizona", "cloud: government");
  assert.match(first!, /^service.cloud: prices, .* Azure Government may have others/);
  return others;
};
const zoneCases: Record<string, readonly [warnings: string[], expected: string[]]> = {
  "nothing in a zone that has it": [warned(LUNA, ZONE, NOW_MS, "swedencentral"), []],
  "nothing where the zones are not known": [
    warned('gpt-6-luna, version: "2026-09-22"', ZONE, NOW_MS, "westeurope"),
    [],
  ],
  "a zone that has it not": [
    warned('gpt-5.4-nano, version: "2026-03-17"', ZONE, NOW_MS, "westeurope"),
    ["regions.westeurope: m is not known to be sold as DataZoneStandard in the EU, but in the US"],
  ],
  "a region in no zone": [
    warned(LUNA, ZONE, NOW_MS, "japaneast"),
    ["regions.japaneast: m is DataZoneStandard, and the region is in no data zone"],
  ],
  "a region that has it not": [
    warned('gpt-4.1-nano, version: "2025-04-14"', undefined, at("2026-01-01"), "canadacentral"),
    ["regions.canadacentral: m is not known to be sold there; choose another model"],
  ],
  "nothing that Azure Government sells": [inGovernment(LUNA, ZONE), []],
  "a sku that Azure Government does not have of a model": [
    inGovernment(LUNA, "sku: Standard, capacity: 333"),
    [
      "regions.usgovarizona: m is not known to be sold as Standard in Azure Government, but as DataZoneStandard, DataZoneProvisionedManaged",
    ],
  ],
  "a model that Azure Government was not known to have": [
    inGovernment('gpt-6-luna, version: "2026-09-22"', ZONE),
    [
      "regions.usgovarizona: m: Azure Government was not known to sell gpt-6-luna 2026-09-22 on 2026-09-01; ask npm run preflight, or choose one of gpt-5.6-luna 2026-07-09, gpt-5.6-sol 2026-07-09, gpt-5.6-terra 2026-07-09",
    ],
  ],
  "the newest, whose successor nobody knows": [
    warned('gpt-6-luna, version: "2026-09-22"', undefined, at("2028-03-23")),
    ["models.m: gpt-6-luna 2026-09-22 was retired on 2028-03-22; name a newer model"],
  ],
};

for (const [name, [warnings, expected]] of Object.entries({...cases, ...zoneCases}))
  test(`warned of ${name}`, () => assert.deepEqual(warnings, expected));

test("the repository's own regions.yaml needs no warning when it was written", () => {
  assert.deepEqual(warningsOf(readWorld(), NOW_MS), []);
});
