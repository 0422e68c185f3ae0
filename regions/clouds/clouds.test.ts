import assert from "node:assert/strict";
import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {test} from "node:test";
import {AzureAuthorityHosts} from "@azure/identity";
import {CLOUDS, locations, locationsIn} from "../azure.ts";
import {type Cloud, cloudAt, clouds, hasModels} from "./clouds.ts";

/** Every host name in a cloud's part of the table. */
const namesIn = ({hosts, issuers, zones, models, egress}: Cloud): string[] => [
  ...Object.values(hosts),
  ...issuers,
  ...Object.values(zones),
  ...(models ? [models.host, new URL(models.audience).host, models.zone] : []),
  ...egress,
];

/** What the names end in: `azure.us`, `usgovcloudapi.net`. */
const endOf = (name: string) => name.split(".").slice(-2).join(".");

/** Of Microsoft's own: the same in every cloud, and in addresses of its pages. */
const SHARED = ["microsoft.com", "azureedge.net"];
const ends = [...new Set(Object.values(clouds).flatMap(namesIn).map(endOf))].filter(
  (end) => !SHARED.includes(end),
);
const host = new RegExp(`[\\w}]\\.(${ends.map((end) => end.replace(".", "\\.")).join("|")})\\b`);

/** Where such a name may stand, and why. */
const may: Readonly<Record<string, string>> = {
  "regions/clouds/clouds.ts": "the table",
  "proxy/policy.ts": "what a policy means that does not say: policies of older releases do not",
  "cloud/azure/environments.ts": "the stand-in's own table, apart from ours",
  "cloud/logins/access-tokens.ts": "plays the public cloud's Entra",
  "cloud/logins/blob-container.ts": "the audience of blobs, which is one for all clouds",
  "infra/cluster/gpus/pool.ts": "labels that AKS gives nodes, which are the same in all clouds",
  "cloud/models/azure-openai.ts": "what Azure OpenAI of the public cloud says",
};

const root = join(import.meta.dirname, "../..");
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {cwd: root})
  .toString()
  .split("\n")
  .filter((file) => /\.(ts|js|ya?ml|sh|Dockerfile)$/.test(file))
  .filter((file) => !/\.(test|tour|rig|cases)\.ts$|(^|\/)rendered\//.test(file));

test("names of Azure's hosts stand in one table", () => {
  assert.ok(files.length > 400, `${files.length} files`);
  const found = files.filter((file) => host.test(readFileSync(join(root, file), "utf8")));
  assert.deepEqual(found.toSorted(), Object.keys(may).toSorted());
});

test("a literal host is found, and an address of Microsoft's pages is not", () => {
  const finds = (text: string) => host.test(text);
  for (const text of ["x.openai.azure.com", "https://a.vault.azure.net/", "{name}.azurecr.us"])
    assert.ok(finds(text), text);
  for (const text of ["https://learn.microsoft.com/azure/aks", "azure.com", "docs.microsoft.com"])
    assert.ok(!finds(text), text);
});

test("no two clouds share a name, but for Microsoft's own", () => {
  const owners = Map.groupBy(
    CLOUDS.flatMap((cloud) => namesIn(clouds[cloud]).map((name) => [name, cloud] as const)),
    ([name]) => name,
  );
  const shared = [...owners].filter(
    ([, owning]) => new Set(owning.map(([, cloud]) => cloud)).size > 1,
  );
  assert.deepEqual(
    shared.map(([name]) => name).filter((name) => !SHARED.includes(endOf(name))),
    [],
  );
  for (const key of ["title", "environment", "cli", "sdk"] as const)
    assert.equal(new Set(CLOUDS.map((cloud) => clouds[cloud][key])).size, CLOUDS.length, key);
});

test("a private zone is the public name's own, as the page of private zones has them", () => {
  for (const {hosts, zones, models} of Object.values(clouds)) {
    assert.equal(zones.registry, `privatelink.${hosts.registries}`);
    assert.equal(zones.blobs, `privatelink.${hosts.blobs}`);
    assert.equal(zones.vault, `privatelink.${hosts.vaults.replace("vault.", "vaultcore.")}`);
    if (models) assert.equal(models.zone, `privatelink.${models.host}`);
  }
});

test("people sign in where Azure's own library says", () => {
  const theirs = {
    public: AzureAuthorityHosts.AzurePublicCloud,
    government: AzureAuthorityHosts.AzureGovernment,
    china: AzureAuthorityHosts.AzureChina,
  };
  for (const cloud of CLOUDS)
    assert.equal(`https://${clouds[cloud].hosts.login}`, theirs[cloud], cloud);
});

test("every location is in one cloud, and what sells models is a location of that cloud", () => {
  assert.equal(
    CLOUDS.reduce((sum, cloud) => sum + locationsIn(cloud).length, 0),
    locations.size,
  );
  for (const {name, cloud} of locations.values()) assert.equal(cloudAt(name), clouds[cloud], name);
  const sellers = (cloud: (typeof CLOUDS)[number]) =>
    locationsIn(cloud).flatMap(({name}) => (hasModels(name) ? [name] : []));
  assert.deepEqual(sellers("government"), clouds.government.models?.locations);
  assert.deepEqual(sellers("china"), []);
  assert.equal(sellers("public").length, locationsIn("public").length);
});
