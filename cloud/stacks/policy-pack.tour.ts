import assert from "node:assert/strict";
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {before, describe, test} from "node:test";
import {everyImage, fullWorld, insideWorld, smallWorld, withImages} from "../../infra/fixture.ts";
import {gpuWorld} from "../../infra/gpus.ts";
import {guardedWorld} from "../../infra/guarded.ts";
import {exemptions} from "../../infra/policy-pack/exemptions.ts";
import {refusals} from "../../infra/policy-pack/judgement.ts";
import {podKinds} from "../../infra/policy-pack/pod-specs.ts";
import {resourcePolicies, stackPolicies} from "../../infra/policy-pack/policies.ts";
import type {Subject} from "../../infra/policy-pack/policy.ts";
import {taggedTypes} from "../../infra/policy-pack/tags.ts";
import {valuesAt} from "../../infra/policy-pack/values.ts";
import {readWorld, worldFile} from "../../regions/read.ts";
import type {Region, World} from "../../regions/world.ts";
import {acceptedOf} from "../../setup/accepted.ts";
import {shapes} from "../azure/shapes/shapes.ts";
import {shortType, types} from "../types.ts";
import {changed, subjectsOf, world} from "./policy-pack.rig.ts";
import {runStacks} from "./stacks.ts";

const root = join(import.meta.dirname, "../../");
const examples = readdirSync(join(root, "examples")).filter((file) => file.endsWith(".yaml"));
const home = smallWorld.regions[0] as Region;
const hidden = {
  ...home,
  outbound: "routes",
  cluster: {...home.cluster, private: true},
  existing: {
    ...home.existing,
    network: {
      ...Object.fromEntries(
        ["nodes", "endpoints"].map((subnet) => [
          subnet,
          `/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke/subnets/${subnet}`,
        ]),
      ),
      zones: "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/hub",
    },
  },
} as Region;
const tagged = {...smallWorld.service, tags: {"cost-center": "42"}};

const worlds: Readonly<Record<string, World>> = {
  "regions.yaml": readWorld(worldFile),
  ...Object.fromEntries(
    examples.map((file) => [`examples/${file}`, readWorld(join(root, "examples", file))]),
  ),
  "everything that an entry may ask for": fullWorld,
  "a private cluster in a network that is there": {...smallWorld, regions: [hidden]},
  "two plain regions, with tags of one's own": {...smallWorld, service: tagged},
  "all that a larger company's reviewers ask for": withImages(guardedWorld, everyImage),
  "entrances for those inside the company": insideWorld,
  "models of one's own on GPUs": gpuWorld,
};

for (const [name, world] of Object.entries(worlds))
  test(`the pack refuses nothing of what the stacks ask for: ${name}`, async () => {
    const {stacks} = await runStacks(world);
    assert.deepEqual(
      refusals(
        world,
        stacks.flatMap(({resources}) => resources),
      ),
      [],
    );
  });

test("tags are asked of every type that Azure takes them of", () => {
  const takes = Object.keys(types).filter((type) => {
    const shape = shapes[type.replace("azure-native:", "")];
    return type.startsWith("azure-native:") && shape && "tags" in shape.properties;
  });
  assert.deepEqual([...taggedTypes].sort(), takes.sort());
});

let subjects: readonly Subject[] = [];
before(async () => {
  subjects = await subjectsOf();
});

test("pods are where everything is denied first", () => {
  const [policy] = stackPolicies;
  const own = subjects.filter(({stack}) => stack === "eastus2");
  assert.deepEqual(policy!.faultsOf(own), []);
  const isDenial = ({type, name}: Subject) => type.endsWith(":NetworkPolicy") && name === "deny";
  const [denial] = own.filter(isDenial);
  const rest = own.filter((one) => !isDenial(one));
  const pods = rest.filter(({type}) => podKinds.includes(type));
  const said = refusals(world, rest).filter((text) => text.startsWith("denied-by-default: "));
  assert.equal(said.length, pods.length);
  const loose: readonly (readonly [path: string, value: unknown])[] = [
    ["metadata.namespace", "another"],
    ["spec.podSelector", {matchLabels: {"app.kubernetes.io/name": "edge"}}],
    ["spec.policyTypes", ["Ingress"]],
    ["spec.egress", [{ports: [{port: 443}]}]],
  ];
  for (const [path, value] of loose) {
    const inputs = changed(denial!.inputs, path.split("."), value);
    assert.equal(policy!.faultsOf([...rest, {...denial!, inputs}]).length, pods.length, path);
  }
});

describe("an exemption", () => {
  test("is needed: the stacks ask for what the policy refuses", () => {
    for (const {policy, type, name, path} of exemptions) {
      const demand = resourcePolicies
        .find(({name}) => name === policy)!
        .demandsOf(type)
        .find((one) => one.path.join(".") === path)!;
      const found = subjects.filter(
        (subject) => subject.type === type && (name ?? subject.name) === subject.name,
      );
      assert.ok(found.length > 0, type);
      for (const {stack, inputs} of found)
        for (const {value} of valuesAt(inputs, demand.path))
          assert.ok(
            !demand.holds(value, {world, stack, region: undefined}, inputs),
            `${type} ${path}`,
          );
    }
  });

  test("has its row in docs/security.md", () => {
    const rows = exemptions.map(
      ({type, path}) => `${shortType(type)}-${path.split(/[./]/).at(-1)}`,
    );
    assert.deepEqual(rows.sort(), acceptedOf("policy-pack"));
  });
});

test("docs/policy-pack.md has a row for each policy", () => {
  const page = readFileSync(join(root, "docs/policy-pack.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| .+ \|$/gm)].map(([, name]) => name);
  assert.deepEqual(
    rows,
    [...resourcePolicies, ...stackPolicies].map(({name}) => name),
  );
});
