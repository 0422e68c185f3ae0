import assert from "node:assert/strict";
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {after, test} from "node:test";
import {gzipSync} from "node:zlib";
import {publishedTypes} from "./published-types.ts";

const folder = mkdtempSync(join(tmpdir(), "meridian-types-"));
after(() => rmSync(folder, {recursive: true}));

const typesOf = (name: string) => [
  {$type: "StringType"},
  {$type: "ResourceType", name, body: {$ref: "#/0"}},
];

function put(path: string, types: readonly object[]): void {
  const text = JSON.stringify(types);
  const file = join(folder, path);
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(file, path.endsWith(".gz") ? gzipSync(text) : text);
}

const zone = typesOf("Microsoft.Network/dnsZones@2022-04-01");
const profile = typesOf("Microsoft.Network/trafficmanagerprofiles@2022-04-01");
const vault = typesOf("Microsoft.KeyVault/vaults@2024-11-01");

test("a type is found in the one of a provider's files that has it, whatever its case", () => {
  put("generated/dns/microsoft.network/2022-04-01/types.json", zone);
  put("generated/trafficmanager/microsoft.network/2022-04-01/types.json", profile);
  const {all, body} = publishedTypes(folder, "Microsoft.Network/trafficManagerProfiles@2022-04-01");
  assert.deepEqual([all, body], [profile, {$ref: "#/0"}]);
});

test("or in a gzipped file for the provider and version", () => {
  put("keyvault_2024-11-01.json.gz", vault);
  assert.deepEqual(publishedTypes(folder, "Microsoft.KeyVault/vaults@2024-11-01").all, vault);
});

test("one that is not there is told, with where it was looked for", () => {
  assert.throws(
    () => publishedTypes(folder, "Microsoft.KeyVault/managedHSMs@2024-11-01"),
    /has no Microsoft\.KeyVault\/managedHSMs@2024-11-01: not in keyvault_2024-11-01\.json\.gz\. Check out/,
  );
  assert.throws(
    () => publishedTypes(folder, "Microsoft.KeyVault/vaults@2030-01-01"),
    /: there is no file of that version\. Check out a newer Azure\/bicep-types-az\.$/,
  );
});
