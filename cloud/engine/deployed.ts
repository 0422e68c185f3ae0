import assert from "node:assert/strict";
import {stackNames} from "../../infra/azure/names.ts";
import {smallWorld} from "../../infra/fixture.ts";
import {findEngine} from "../../setup/engine.js";
import type {Cloud} from "../cloud.ts";
import type {Resource} from "../resource.ts";
import {type Deployer, startDeployer} from "./deployer.ts";
import type {Outcome} from "./events.ts";

/** What the tests of the real engine have in common. */

export const engine = findEngine();

/** Why such a test does not run, said once; false where it does. */
export function whyNotRun(file: string): string | false {
  if (engine) return false;
  const why = "NOT RUN: no Pulumi engine";
  const mend = "TOOLS=build node setup/main.js builds it with Go, or put pulumi on PATH";
  console.log(`${file}: ${why}. Mend: ${mend}`);
  return why;
}

export const deployments = (capacity: number) => [
  {model: "copilot-codex", sku: "GlobalStandard", capacity: 500, share: 80},
  {model: "copilot-codex", sku: "Standard", capacity, share: 20},
];

/** A regions.yaml of two regions, the first of them home. A test changes it and writes it again. */
export const regionsFile = () => ({
  service: {
    name: "meridian",
    hostname: "completions.example.com",
    zone: "example.com",
    home: "eastus2",
    ttl: "30s",
    objective: {success: "99.5%", firstByte: "400ms", window: "60s"},
    tokens: {lifetime: "20m", exchange: {kind: "github", organizations: ["acme"]}},
  },
  models: {"copilot-codex": {model: "gpt-35-turbo-instruct", version: "0914"}},
  defaults: {
    cluster: {nodes: "3-12", size: "Standard_D4ds_v5"},
    proxies: "3-30",
    deployments: deployments(120),
  },
  regions: {eastus2: {}, westeurope: {}} as Record<string, object>,
  traffic: {mutations: [{name: "poison-pill", drop: ["best_of"]}]},
});

/** The stacks that come after the regions. */
export const closing = stackNames(smallWorld).slice(1 + smallWorld.regions.length);

/** A deployer with these stacks made, whose runs have to go well: each resolves with its steps. */
export async function deployed(cloud: Cloud, file: object, stacks: readonly string[]) {
  const deployer = await startDeployer({engine: engine!, cloud});
  deployer.write(file);
  await Promise.all(stacks.map(deployer.init));
  const run = async (...args: Parameters<Deployer["run"]>) => stepsOf(await deployer.run(...args));
  return {deployer, run};
}

export type Deployed = Awaited<ReturnType<typeof deployed>>;

function stepsOf({succeeded, steps, errors}: Outcome): readonly string[] {
  assert.deepEqual({succeeded, errors}, {succeeded: true, errors: []});
  return steps;
}

/** The one resource of a stack by type and name. */
export function find(cloud: Cloud, stack: string, type: string, name: string): Resource {
  const full = type.startsWith("kubernetes:") ? type : `azure-native:${type}`;
  return cloud.resources.find(
    (resource) => resource.stack === stack && resource.type === full && resource.name === name,
  )!;
}
