import assert from "node:assert/strict";
import {test} from "node:test";
import {CLOUDS, type CloudName, locations} from "../azure.ts";
import {fileWith} from "../fixture.ts";
import {parseWorld} from "../read.ts";
import {clouds, hasModels} from "./clouds.ts";

/** The faults of a file of one region. */
function faultsOf(cloud: CloudName, location: string, region = "", home = ""): string[] {
  const service = `cloud: ${cloud}${home && `\n  home: ${home}`}`;
  const text = fileWith({service, region: `{${region}}`})
    .replace("  deployments: [{model: codex, sku: Standard, capacity: 240}]\n", "")
    .replace("  eastus2:", `  ${location}:`);
  try {
    parseWorld(text);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n").slice(1);
  }
}

const OWN_HOST = 'hosts: [{model: coder, url: "https://gpu.example.com"}]';

test("each location is taken by its own cloud alone; the others say which it is of", () => {
  for (const {name, cloud} of locations.values())
    for (const own of CLOUDS) {
      const faults = faultsOf(own, name, OWN_HOST);
      if (own === cloud) assert.deepEqual(faults, [], `${name} in ${own}`);
      else {
        assert.equal(faults.length, 1);
        assert.match(
          faults[0]!,
          new RegExp(`regions\\.${name}: is a location of ${clouds[cloud].title}`),
        );
        assert.match(
          faults[0]!,
          new RegExp(`the service is in ${clouds[own].title}.*cloud: ${cloud}`),
        );
      }
    }
});

test("home is of the cloud too, and a misspelt location is told by those of the cloud", () => {
  assert.deepEqual(faultsOf("government", "usgovarizona", OWN_HOST, "eastus2"), [
    "  - 8:3 service.home: is a location of Azure's public cloud, and the service is in Azure Government; choose a location of that one, or write service.cloud: public if all of it is there",
  ]);
  assert.match(
    faultsOf("government", "usgovarizna", OWN_HOST)[0]!,
    /did you mean "usgovarizona"\?/,
  );
  assert.match(faultsOf("china", "eastus2x", OWN_HOST)[0]!, /chinaeast2/);
});

const skus = ["Standard", "GlobalStandard", "DataZoneStandard", "GlobalProvisionedManaged"];

test("capacity is asked for where it is sold, and as what", () => {
  for (const {name, cloud} of locations.values())
    for (const sku of skus) {
      const faults = faultsOf(
        cloud,
        name,
        `deployments: [{model: codex, sku: ${sku}, capacity: 10}]`,
      );
      const isSold = hasModels(name) && (cloud === "public" || !sku.startsWith("Global"));
      assert.equal(faults.length, isSold ? 0 : 1, `${name} ${sku}: ${faults}`);
    }
});

test("what is not sold there is told with its mend", () => {
  const deploys = (sku: string) => `deployments: [{model: codex, sku: ${sku}, capacity: 10}]`;
  assert.match(
    faultsOf("government", "usgovvirginia", deploys("GlobalStandard"))[0]!,
    /regions\.usgovvirginia\.deployments\.0\.sku: Azure Government does not sell GlobalStandard; choose DataZoneStandard or Standard$/,
  );
  assert.match(
    faultsOf("government", "usgovtexas", deploys("Standard"))[0]!,
    /only usgovarizona and usgovvirginia of Azure Government have Azure OpenAI; name hosts of your own instead/,
  );
  assert.match(
    faultsOf("china", "chinanorth3", deploys("Standard"))[0]!,
    /Azure in China has no Azure OpenAI; name hosts of your own instead/,
  );
});
