import assert from "node:assert/strict";
import {test} from "node:test";
import {policySchema} from "../../proxy/policy.ts";
import {successorsOf} from "../../regions/models/successors.ts";
import {readWorld} from "../../regions/read.ts";
import type {Region, World} from "../../regions/world.ts";
import {ownModel, smallWorld} from "../fixture.ts";
import {modelPorts, policyOf} from "./proxy.ts";

const region = smallWorld.regions[1] as Region;

const accountOf = (host: string) => ({
  url: `https://meridian-${host}.openai.azure.com`,
  api: "azure",
  apiVersion: "2024-10-21",
  credential: {kind: "entra"},
});

const deploymentsOf = (upstream: string) => [
  {upstream, name: "copilot-codex-globalstandard", weight: 80},
  {upstream, name: "copilot-codex-standard", weight: 20},
];

test("the policy of a region: its host and its fallback's, shares as weights, the rules as they stand", () => {
  assert.deepEqual(policyOf(smallWorld, region), {
    ...smallWorld.traffic,
    objective: {success: 0.995, firstByteMs: 400, windowMs: 60_000},
    upstreams: {
      westeurope: accountOf("westeurope-7d3b"),
      eastus2: accountOf("eastus2-d6ca"),
    },
    models: {
      "copilot-codex": {
        api: "completions",
        parameters: {},
        aliases: [],
        deployments: deploymentsOf("westeurope"),
        fallback: deploymentsOf("eastus2"),
      },
    },
  });
});

test("objectives of a model and of next edits reach the policy as they are written", () => {
  const {service, models} = smallWorld;
  const nextEdits = {firstByteMs: 3000};
  const objective = {success: 0.9};
  const policy = policyOf(
    {
      ...smallWorld,
      service: {...service, objective: {...service.objective, nextEdits}},
      models: {"copilot-codex": {...models["copilot-codex"]!, objective}},
    },
    region,
  );
  assert.deepEqual(policy.objective.nextEdits, nextEdits);
  assert.deepEqual(policy.models["copilot-codex"]!.objective, objective);
});

/** With a model that others host: at one address with a key, and at one without. */
const hosted: Region = {
  ...region,
  hosts: [
    {
      name: "coder-1",
      model: "coder",
      url: "https://coder.example.com:8443",
      protocol: "h2",
      key: "coder-key",
      share: 90,
    },
    {
      name: "coder-2",
      model: "coder",
      url: "https://spare.example.com",
      protocol: "http/1.1",
      key: undefined,
      share: 10,
    },
  ],
};
const hostedWorld: World = {
  ...smallWorld,
  models: {
    ...smallWorld.models,
    coder: ownModel,
  },
  regions: [hosted],
};

test("a model that others host is asked by its own name, and opened by its own key", () => {
  const {upstreams, models} = policyOf(hostedWorld, hosted);
  const {westeurope: _, ...others} = upstreams;
  assert.deepEqual(others, {
    "coder-1": {
      url: "https://coder.example.com:8443",
      api: "openai",
      protocol: "h2",
      credential: {kind: "key", file: "secrets/coder-key"},
    },
    "coder-2": {
      url: "https://spare.example.com",
      api: "openai",
      protocol: "http/1.1",
      credential: {kind: "none"},
    },
  });
  assert.deepEqual(models.coder, {
    api: "completions",
    template: "qwen",
    parameters: {},
    aliases: [],
    deployments: [
      {upstream: "coder-1", name: "qwen-coder", weight: 90},
      {upstream: "coder-2", name: "qwen-coder", weight: 10},
    ],
    fallback: [],
  });
  assert.deepEqual(modelPorts(hosted), [443, 8443]);
});

test("a model that the region lacks is served by those it falls back to, else not at all", () => {
  const [home, here] = smallWorld.regions as [Region, Region];
  const other = {...home.deployments[0]!, name: "other-globalstandard", model: "other"};
  const world: World = {
    ...smallWorld,
    models: {
      ...smallWorld.models,
      other: smallWorld.models["copilot-codex"]!,
      nowhere: smallWorld.models["copilot-codex"]!,
    },
    regions: [{...home, deployments: [...home.deployments, other]}, here],
  };
  const {models} = policyOf(world, here);
  assert.deepEqual(Object.keys(models), ["copilot-codex", "other"]);
  assert.deepEqual(models.other, {
    api: "completions",
    parameters: {},
    aliases: [],
    deployments: [],
    fallback: [{upstream: "eastus2", name: "other-globalstandard", weight: 80}],
  });
});

test("a model's successor is the next of its line that is served here", () => {
  const {"copilot-codex": codex} = smallWorld.models;
  const world: World = {
    ...smallWorld,
    models: {
      "copilot-codex": {...codex!, successor: "nowhere"},
      nowhere: {...codex!, successor: "coder"},
      coder: ownModel,
    },
    regions: [smallWorld.regions[0]!, hosted],
  };
  const successorIn = (one: Region) => policyOf(world, one).models["copilot-codex"]?.successor;
  assert.deepEqual(world.regions.map(successorIn), [undefined, "coder"]);
  for (const one of world.regions)
    assert.deepEqual(policySchema.safeParse(policyOf(world, one)).error, undefined);
});

test("every name of the example's models leads, in every region, to the first of its line that is served there", () => {
  const world = readWorld();
  for (const region of world.regions) {
    const {models} = policyOf(world, region);
    const owners = Object.entries(models).flatMap(([own, {aliases = []}]) =>
      [own, ...aliases].map((name) => [name, own] as const),
    );
    const wanted = Object.entries(world.models).flatMap(([model, {aliases}]) => {
      const line = [model, ...successorsOf(world.models, model)];
      const first = line.find((one) => Object.hasOwn(models, one));
      return first ? [model, ...aliases].map((name) => [name, first] as const) : [];
    });
    assert.deepEqual(owners.toSorted(), wanted.toSorted(), region.name);
  }
  const {models} = policyOf(world, world.regions.find(({name}) => name === "westeurope")!);
  assert.deepEqual(models["copilot-next"]?.aliases, ["copilot-nano", "copilot-nes-*"]);
});

test("a proxy takes the policy", () => {
  for (const [world, one] of [
    [smallWorld, region],
    [hostedWorld, hosted],
  ] as const)
    assert.deepEqual(policySchema.safeParse(policyOf(world, one)).error, undefined);
});
