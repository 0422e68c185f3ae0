import assert from "node:assert/strict";
import {test} from "node:test";
import {insideWorld, smallWorld} from "../../infra/fixture.ts";
import {governmentWorld} from "../../regions/clouds/worlds.ts";
import type {Arm} from "./azure/arm.ts";
import {judgeName, namesOf} from "./names.ts";
import type {WantedName} from "./namespaces.ts";
import {judgePlan} from "./plan.ts";

const registry =
  "/subscriptions/x/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r";

test("what each stack takes", () => {
  const kinds = (stack: string, world = smallWorld) =>
    namesOf(world, stack).map(({kind, name}) => `${kind} ${name}`);
  assert.deepEqual(kinds("global"), ["registry meridianimages5027", "vault meridian-global-6cea"]);
  assert.deepEqual(kinds("westeurope"), [
    "account meridian-westeurope-7d3b",
    "address meridian-westeurope-5027",
    "vault meridian-westeurope-7d3b",
  ]);
  assert.deepEqual(kinds("fallback"), []);
  assert.deepEqual(kinds("dns").at(-1), "profile meridian-5027");
});

test("an internal entrance has no name of all customers, and no profile, and its plan is zones", () => {
  assert.deepEqual(
    ["westeurope", "dns"].map((stack) => namesOf(insideWorld, stack).map(({kind}) => kind)),
    [["account", "vault"], []],
  );
  const {status, asked} = judgePlan(insideWorld);
  assert.deepEqual([status, asked], ["ok", "completions.example.com by 2 private zones"]);
});

test("an account is made, and its name asked for, where Azure OpenAI is", () => {
  const kinds = (stack: string) => namesOf(governmentWorld, stack).map(({kind}) => kind);
  assert.deepEqual(kinds("usgovvirginia"), ["account", "address", "vault"]);
  assert.deepEqual(kinds("usgovtexas"), ["address", "vault"]);
});

test("what is there already is not made, and takes no name", () => {
  const {service, regions} = smallWorld;
  const existing = {...regions[0]!.existing, registry, vault: "a vault"};
  const world = {
    ...smallWorld,
    service: {...service, existing: {...service.existing, registry}},
    regions: [{...regions[0]!, existing}],
  };
  assert.deepEqual(
    ["global", "eastus2"].map((stack) => namesOf(world, stack).map(({kind}) => kind)),
    [["vault"], ["account", "address"]],
  );
});

/** Answers like a subscription where these were deleted and nobody else holds a name. */
const arm = (...deleted: string[]): Arm => ({
  get: () => assert.fail("not asked here"),
  list: async (path, _, schema) =>
    path.includes("/deleted") ? deleted.map((name) => schema.parse({name})) : [],
  post: async (_path, _version, schema) => schema.parse({nameAvailable: true}),
});

const vault = (restore: boolean): WantedName => ({kind: "vault", name: "v", restore});

type Case = [deleted: string[], wanted: WantedName, said: string, stack?: string];
const cases: Record<string, Case> = {
  free: [["other"], vault(false), "ok free"],
  "deleted, and taken back": [["V"], vault(true), "ok deleted, and taken back by restore: true"],
  "deleted, and not taken back": [
    ["v"],
    vault(false),
    "short a deleted one keeps it; give the region restore: true",
  ],
  "deleted, of global": [
    ["v"],
    vault(false),
    "short a deleted one keeps it; give service restore: true",
    "global",
  ],
  "taken back without having been deleted": [
    [],
    vault(true),
    "short restore: true, and no deleted one is there; take restore out",
  ],
};
for (const [name, [deleted, wanted, said, stack = "westeurope"]] of Object.entries(cases))
  test(`a vault's name ${name}`, async () => {
    const owner = {subscription: "/subscriptions/x", world: smallWorld, stack};
    const {status, found, mend} = await judgeName({...owner, arm: arm(...deleted)}, wanted);
    assert.equal([`${status} ${found}`, mend].filter(Boolean).join("; "), said);
  });
