import assert from "node:assert/strict";
import {test} from "node:test";
import {parseArmId} from "../../infra/azure/arm-id.ts";
import {requireSubscription} from "../../infra/azure/subscriptions.ts";
import {smallWorld} from "../../infra/fixture.ts";
import type {Region, World} from "../../regions/world.ts";
import {SUBSCRIPTION} from "../azure/arm.ts";
import type {Resource} from "../resource.ts";
import {AZURE_PROVIDER} from "../types.ts";
import {runStacks} from "./stacks.ts";

const OTHERS = ["00000000-0000-4000-8000-0000000000aa", "00000000-0000-4000-8000-0000000000bb"];
const choices = [undefined, ...OTHERS];
const [home, abroad] = smallWorld.regions as [Region, Region];

// Whichever of the two it is that one is in: by their names alone they differ.
const worlds = [undefined, OTHERS[0]].flatMap((first) =>
  (first ? choices : choices.slice(0, 2)).map((second): World => {
    const regions = [
      {...home, subscription: first},
      {...abroad, subscription: second},
    ];
    return {...smallWorld, regions};
  }),
);

/** What is in a resource group. A role is where the resource is that it is on. */
const grouped = ({type, id}: Resource) =>
  id.startsWith("/subscriptions/") && !type.endsWith(":RoleAssignment");

for (const world of worlds) {
  const said = world.regions.map(
    ({name, subscription}) => `${name} in ${subscription ?? "its own"}`,
  );
  test(`every stack is whole in its subscription: ${said.join(", ")}`, async () => {
    const {stacks} = await runStacks(world);
    const at = (name: string) =>
      world.regions.find((region) => region.name === name)?.subscription ?? SUBSCRIPTION;
    for (const {name, resources} of stacks) {
      const made = resources.filter(grouped).filter(({id}) => !id.includes("/meridian-fallback"));
      for (const {id} of made) assert.equal(parseArmId(id).subscription, at(name), id);
    }
    const fallback = stacks.find(({name}) => name === "fallback")!.resources;
    const endpoints = fallback.filter(({type}) => /PrivateEndpoint|ZoneGroup/.test(type));
    assert.equal(endpoints.length, 4);
    for (const {id, name} of endpoints)
      assert.equal(parseArmId(id).subscription, at(name.split("-")[0]!), id);
    const away = new Set(world.regions.map(({name}) => at(name))).difference(
      new Set([SUBSCRIPTION]),
    );
    assert.equal(fallback.filter(({type}) => type === AZURE_PROVIDER).length, away.size);
    assert.equal(
      fallback.filter(({type}) => type.endsWith(":ResourceGroup")).length,
      1 + away.size,
    );
  });
}

test("a stack that is elsewhere than regions.yaml says does nothing, and says how to mend it", () => {
  const region = {...abroad, subscription: OTHERS[0]};
  assert.doesNotThrow(() => requireSubscription(abroad, {id: SUBSCRIPTION}));
  assert.doesNotThrow(() => requireSubscription(region, {id: OTHERS[0]!.toUpperCase()}));
  assert.throws(() => requireSubscription(region, {id: SUBSCRIPTION}), {
    message: `by regions.yaml westeurope is in the subscription ${OTHERS[0]}, and its stack is in ${SUBSCRIPTION}; if nothing of it is there yet: pulumi config set azure-native:subscriptionId ${OTHERS[0]} --stack westeurope`,
  });
});
