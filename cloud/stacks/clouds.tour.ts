import assert from "node:assert/strict";
import {before, describe, test} from "node:test";
import {parse} from "yaml";
import {octodnsFiles} from "../../dns/octodns/octodns-files.ts";
import {planOf} from "../../dns/plan.ts";
import {requireCloud} from "../../infra/azure/subscriptions.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {CLOUDS, type CloudName} from "../../regions/azure.ts";
import {type Cloud, clouds, hasModels} from "../../regions/clouds/clouds.ts";
import {chinaWorld, governmentWorld} from "../../regions/clouds/worlds.ts";
import type {World} from "../../regions/world.ts";
import {type Environment, environmentAt} from "../azure/environments.ts";
import {createCloud} from "../cloud.ts";
import type {Inputs} from "../resource.ts";
import {runStacks, type Stack, StackError} from "./stacks.ts";

const worlds: Readonly<Record<CloudName, World>> = {
  public: smallWorld,
  government: governmentWorld,
  china: chinaWorld,
};

/** What only a cloud has: names that stand in its part of the table, and in its part alone. */
const namesIn = ({hosts, zones, models, cli, sdk, environment}: Cloud): string[] => [
  ...Object.values(hosts),
  ...Object.values(zones),
  ...(models ? [models.host, models.audience] : []),
  ...[cli, sdk, environment].map((name) => `"${name}"`),
];

for (const cloud of CLOUDS)
  describe(`the stacks of a world in ${clouds[cloud].title}`, () => {
    const world = worlds[cloud];
    let stacks: readonly Stack[];
    before(async () => {
      ({stacks} = await runStacks(world));
    });

    test("name no host of another cloud, in anything that they ask for or tell", () => {
      const text = JSON.stringify([stacks, octodnsFiles(world, planOf(world))]);
      const others = CLOUDS.filter((other) => other !== cloud).flatMap((name) =>
        namesIn(clouds[name]),
      );
      assert.deepEqual(
        others.filter((name) => new RegExp(`(?<!\\w)${RegExp.escape(name)}`).test(text)),
        [],
      );
      const {hosts} = clouds[cloud];
      for (const name of [hosts.login, hosts.addresses, hosts.profiles, hosts.registries])
        assert.ok(text.includes(name), name);
    });

    test("have an account where Azure OpenAI is, and its policy names those accounts alone", () => {
      for (const {name} of world.regions) {
        const {resources, outputs} = stacks.find((stack) => stack.name === name)!;
        const accounts = resources.filter(({type}) => type.endsWith(":Account"));
        assert.equal(accounts.length, hasModels(name) ? 1 : 0, name);
        const {upstreams} = JSON.parse(String(outputs.policy)) as {upstreams: Inputs};
        assert.equal(name in upstreams, hasModels(name), name);
        for (const upstream of Object.keys(upstreams))
          if (upstream.startsWith("us") || upstream.startsWith("china"))
            assert.ok(hasModels(upstream), upstream);
      }
    });

    test("ask for tokens of the cloud's own Azure OpenAI, which the public one's proxies do unsaid", () => {
      const entra = stacks
        .flatMap(({outputs}) => (outputs.policy ? [JSON.parse(String(outputs.policy))] : []))
        .flatMap(({upstreams}) => Object.values(upstreams as Record<string, {credential: Inputs}>))
        .map(({credential}) => credential)
        .filter(({kind}) => kind === "entra");
      const audience = cloud === "government" && {audience: clouds.government.models!.audience};
      assert.equal(entra.length > 0, cloud !== "china");
      for (const one of entra) assert.deepEqual(one, {kind: "entra", ...audience});
    });

    test("are refused by the other clouds' accounts", async () => {
      const [other] = CLOUDS.filter((name) => name !== cloud).map((name) => worlds[name]!);
      const elsewhere = createCloud({environment: environmentAt(other!.service.home).name});
      await assert.rejects(
        runStacks(world, {cloud: elsewhere, stacks: ["global"]}),
        (error: StackError) => {
          const codes = new Set(error.refusals.map(({reason}) => reason.split(":")[0]));
          return error instanceof StackError && codes.has("LocationNotAvailableForResourceType");
        },
      );
    });
  });

test("octoDNS writes to the DNS of the world's own cloud, and to Route 53 as ever", () => {
  const configOf = (provider: "azure" | "route53", world: World) =>
    parse(octodnsFiles(world, planOf(world), {provider})["config.yaml"]!).providers[provider];
  const {authority, base_url: url} = configOf("azure", governmentWorld);
  const {login, resourceManager} = clouds.government.hosts;
  assert.deepEqual([authority, url], [`https://${login}`, `https://${resourceManager}`]);
  assert.equal("authority" in configOf("azure", smallWorld), false);
  assert.equal("authority" in configOf("route53", governmentWorld), false);
});

test("the stand-in has its names from elsewhere, and they are the same", () => {
  for (const cloud of CLOUDS) {
    const theirs: Environment = environmentAt(worlds[cloud].service.home);
    const {environment, hosts, models} = clouds[cloud];
    assert.deepEqual(
      [
        theirs.name,
        theirs.addresses,
        theirs.profiles,
        theirs.registries,
        theirs.vaults,
        theirs.models,
      ],
      [environment, hosts.addresses, hosts.profiles, hosts.registries, hosts.vaults, models?.host],
    );
    assert.deepEqual(
      [theirs.audience, theirs.modelLocations],
      [models?.audience, models?.locations],
    );
  }
});

test("a stack that is configured for another cloud does nothing, and says how to mend it", () => {
  assert.doesNotThrow(() => requireCloud(smallWorld));
  assert.doesNotThrow(() => requireCloud(smallWorld, "public"));
  assert.doesNotThrow(() => requireCloud(governmentWorld, "usgovernment"));
  assert.throws(() => requireCloud(governmentWorld), {
    message:
      /^by regions.yaml the service is in Azure Government, and the stack's configuration says public; pulumi config set azure-native:environment usgovernment --stack /,
  });
  assert.throws(() => requireCloud(smallWorld, "china"), /environment public --stack/);
});
