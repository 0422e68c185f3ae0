import assert from "node:assert/strict";
import {test} from "node:test";
import type {Sku} from "../world.ts";
import {zoneOf} from "./data-zones.ts";
import {familyOf} from "./families.ts";
import {newestVersion, releaseOf, releases} from "./releases.ts";

/** What Microsoft's pages have of each, in the order of releases.ts. Its sources are named there. */
const pages: Record<string, [launch: string, retires: string, skus: string, zones: string]> = {
  "gpt-6-luna": ["2026-09-22", "2028-03-22", "GS DZS", "?"],
  "gpt-5.6-luna": ["2026-07-09", "2028-01-11", "GS DZS GPM DZPM PM", "US EU"],
  "gpt-5.4-nano": ["2026-03-17", "2027-09-21", "GS DZS", "US"],
  "gpt-5.4-mini": ["2026-03-17", "2027-09-21", "GS DZS GPM DZPM", "US"],
  "gpt-5-nano": ["2025-08-07", "2027-02-09", "GS DZS GPM DZPM", "US EU"],
  "gpt-4.1-mini": ["2025-04-14", "2027-04-14", "S PM GS DZS GPM DZPM", "US EU"],
  "gpt-4.1-nano": ["2025-04-14", "2027-04-14", "PM GS DZS GPM DZPM", "US EU"],
};

/** GlobalStandard: GS. ProvisionedManaged: PM. */
const short = (sku: Sku): string => sku.replaceAll(/[a-z]/g, "");

test("each row says what Microsoft's pages say", () => {
  const rows = Object.entries(releases).map(([name, {retires, skus, zones}]) => {
    const [model, version] = name.split(" ") as [string, string];
    return [model, [version, retires, skus.map(short).join(" "), zones?.join(" ") ?? "?"]];
  });
  assert.deepEqual(Object.fromEntries(rows), pages);
});

/** 12 months after its launch: concepts-model-retirements-content.md of MicrosoftDocs/azure-ai-docs (2026-10-05). */
test("a release is closed to new subscriptions a year after its launch, and then retired", () => {
  for (const [name, {closes, retires}] of Object.entries(releases)) {
    const [, launch] = name.split(" ") as [string, string];
    assert.equal(closes, `${Number(launch.slice(0, 4)) + 1}${launch.slice(4)}`, name);
    assert.ok(Date.parse(closes) < Date.parse(retires), name);
  }
});

test("whoever follows the successors comes to the newest, and each outlives the one before", () => {
  for (const [name, {retires, successor}] of Object.entries(releases)) {
    assert.ok(familyOf(name.split(" ")[0]!), name);
    if (successor === undefined) continue;
    const version = newestVersion(successor) ?? assert.fail(`${successor} of ${name}`);
    const next = releaseOf({model: successor, version})!;
    assert.ok(Date.parse(next.retires) > Date.parse(retires), name);
  }
});

test("a release is known by both, its model and its version", () => {
  assert.equal(releaseOf({model: "gpt-5.6-luna", version: "2026-07-10"}), undefined);
  assert.equal(releaseOf({model: "toString", version: ""}), undefined);
  assert.equal(newestVersion("gpt-6-luna"), "2026-09-22");
  assert.equal(newestVersion("gpt-6"), undefined);
});

const zones: Record<string, string | undefined> = {
  eastus2: "US",
  westeurope: "EU",
  swedencentral: "EU",
  northeurope: undefined,
  uksouth: undefined,
  canadacentral: undefined,
  japaneast: undefined,
  brazilsouth: undefined,
  nowhere: undefined,
};
for (const [location, zone] of Object.entries(zones))
  test(`${location} is in ${zone === undefined ? "no data zone" : `the data zone ${zone}`}`, () =>
    assert.equal(zoneOf(location), zone));
