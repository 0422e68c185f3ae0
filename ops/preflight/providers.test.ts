import assert from "node:assert/strict";
import {test} from "node:test";
import {smallWorld} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {judgeProviders, neededProviders} from "./providers.ts";

const but = (...missing: string[]) =>
  neededProviders
    .filter((namespace) => !missing.includes(namespace))
    .map((namespace) => ({namespace, registrationState: "Registered"}));
const short = (...given: Parameters<typeof judgeProviders>) =>
  judgeProviders(...given)
    .filter(({status}) => status === "short")
    .map(({asked}) => asked);

test("storage is asked for where a stack makes an account of weights, and nowhere else", () => {
  const [home, abroad] = gpuWorld.regions;
  const lacking = but("Microsoft.Storage", "Microsoft.KeyVault");
  assert.deepEqual(short(smallWorld, lacking), ["Microsoft.KeyVault"]);
  assert.deepEqual(short({...gpuWorld, regions: [abroad!]}, lacking), ["Microsoft.KeyVault"]);
  assert.deepEqual(short({...gpuWorld, regions: [home!]}, lacking), [
    "Microsoft.KeyVault",
    "Microsoft.Storage",
  ]);
});
