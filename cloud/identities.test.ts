import assert from "node:assert/strict";
import {before, test} from "node:test";
import {smallWorld} from "../infra/fixture.ts";
import {createIdentities, type Identities} from "./identities.ts";
import {runStacks, type Stack} from "./stacks/stacks.ts";

let stacks: readonly Stack[];
let identities: Identities;
before(async () => {
  ({stacks} = await runStacks(smallWorld));
  identities = createIdentities(stacks.flatMap(({resources}) => resources));
});

const region = (name: string) => stacks.find((stack) => stack.name === name)!.resources;
const accountOf = (name: string) =>
  region(name).find(({type}) => type === "azure-native:cognitiveservices:Account")!.id;

/** The token that Entra gives to the pods of a service account. */
const tokenOf = (name: string, serviceAccount: string) => {
  const assertion = identities.assertionOf(region(name), serviceAccount);
  return identities.workloads.find((workload) => workload.assertion === assertion)?.accessToken;
};

test("a model host is opened by its region's proxies, and by those that fall back to it", () => {
  const proxies = ["eastus2", "westeurope"].map((name) => tokenOf(name, "proxy"));
  assert.equal(new Set(proxies).size, 2);
  for (const name of ["eastus2", "westeurope"])
    assert.deepEqual(identities.tokensFor(accountOf(name)).toSorted(), proxies.toSorted());
});

test("an issuer has an identity that opens no model host; a stranger has none", () => {
  const issuer = tokenOf("eastus2", "issuer");
  assert.ok(issuer);
  assert.ok(!identities.tokensFor(accountOf("eastus2")).includes(issuer));
  assert.equal(tokenOf("eastus2", "stranger"), undefined);
});
