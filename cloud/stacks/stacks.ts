import {generateKeyPairSync, randomBytes} from "node:crypto";
import {setImmediate} from "node:timers/promises";
import {runtime} from "@pulumi/pulumi";
import {watcherId} from "../../infra/azure/flow-log.ts";
import {zoneIds} from "../../infra/azure/network.ts";
import {type Program, readBy, stacksOf} from "../../infra/stacks/stacks.ts";
import {cloudOf} from "../../regions/clouds/clouds.ts";
import {subscriptionOf} from "../../regions/names.ts";
import type {World} from "../../regions/world.ts";
import {SUBSCRIPTION} from "../azure/arm.ts";
import {environmentAt} from "../azure/environments.ts";
import {type Cloud, createCloud} from "../cloud.ts";
import {danglingSelectors} from "../kubernetes/dangling-selectors.ts";
import {pendingPods} from "../kubernetes/pending-pods.ts";
import type {Inputs, Order, Refusal, Resource} from "../resource.ts";
import {AZURE_PROVIDER} from "../types.ts";
import {observe} from "./monitor.ts";

/** What the stacks made, in the order in which they ran. */
export interface Built {
  readonly stacks: readonly Stack[];
}

export interface Stack {
  readonly name: string;
  /** Components too, and the stack itself, which is the root. */
  readonly resources: readonly Resource[];
  readonly outputs: Inputs;
  readonly secretOutputs: readonly string[];
}

export interface RunOptions {
  /** Names of the stacks wanted; all if not given. What they read runs too. */
  readonly stacks?: readonly string[];
  readonly cloud?: Cloud;
  /** The clock of the cloud that is made where none is given. */
  readonly now?: () => number;
  /** The private key that signs tokens, PEM; a new one if not given. */
  readonly signingKey?: string;
  /** The secret that seals personal keys, in base64; a new one if not given. */
  readonly sealingKey?: string;
}

/** Everything that the cloud refused, or the error that stopped a stack. */
export class StackError extends Error {
  readonly refusals: readonly Refusal[];

  constructor(message: string, refusals: readonly Refusal[], options?: ErrorOptions) {
    super(message, options);
    this.refusals = refusals;
  }
}

const PROJECT = "meridian";
/** Pulumi's own word for it where stacks are not kept by its service. */
const ORGANIZATION = "organization";

/** The Pulumi runtime is one for a process: runs wait for each other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the programs of the stacks against a cloud that stands in for Azure and Kubernetes.
 * Throws a StackError with all that the cloud refused.
 */
export function runStacks(world: World, options: RunOptions = {}): Promise<Built> {
  const run = last.then(() => withoutTraces(() => runAll(world, options)));
  last = run.catch(() => {});
  return run;
}

/** Pulumi keeps a stack trace of every promise: with thirty regions they take a third of the time. */
async function withoutTraces<Result>(run: () => Promise<Result>): Promise<Result> {
  const {stackTraceLimit} = Error;
  Error.stackTraceLimit = 0;
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function runAll(world: World, options: RunOptions): Promise<Built> {
  const {
    now,
    cloud = createCloud({...localOptions(world), now, environment: environmentIn(world)}),
    signingKey = newSigningKey(),
    sealingKey = newSealingKey(),
  } = options;
  const wanted = new Set(options.stacks?.flatMap((name) => [...readBy(world, name), name]));
  const stacks: Stack[] = [];
  const {environment} = cloudOf(world);
  const run = {cloud, secrets: {signingKey, sealingKey}, before: stacks, environment};
  for (const [name, program] of stacksOf(world))
    if (!options.stacks || wanted.has(name))
      stacks.push(await runStack({...run, name, program, subscription: configured(world, name)}));
  const {resources} = cloud;
  const refusals = [...cloud.refusals, ...danglingSelectors(resources), ...pendingPods(resources)];
  if (refusals.length > 0) throw new StackError(report(refusals), refusals);
  return {stacks: stacks.filter(({name}) => !options.stacks || options.stacks.includes(name))};
}

/** The environment that regions.yaml means, in the stand-in's words: by where its regions are. */
export const environmentIn = ({service}: World) => environmentAt(service.home).name;

/** What `npm run stacks` makes of regions.yaml. */
function configured({regions}: World, stack: string): string | undefined {
  const region = regions.find(({name}) => name === stack);
  return region && subscriptionOf(region);
}

/** Region N's public address, in the order of regions.yaml's names; and what regions.yaml says is there. */
const localOptions = (world: World) => ({
  addressOf: (location: string) =>
    `127.${world.regions.findIndex(({name}) => name === location) + 1}.0.1`,
  existing: existingIds(world),
});

/** Every id in regions.yaml. */
export function existingIds({service, regions}: World): string[] {
  const ids = regions.flatMap((region) => {
    const {existing, encryption, flowLogs, replicas} = region;
    const {network, hubs, ...others} = existing;
    const {entrance, ...named} = network ?? {};
    return [
      ...[encryption?.key, flowLogs?.storage, flowLogs?.watcher],
      ...replicas.map(({weights}) => weights.storage),
      ...hubs,
      ...Object.values(others),
      ...Object.values(named),
      ...(entrance ? [entrance.subnet] : []),
      ...(network?.zones ? zoneIds(region, network.zones) : []),
    ];
  });
  // Azure makes a network watcher by itself, with the first network of a location.
  const watchers = regions
    .filter(({flowLogs}) => flowLogs && flowLogs.watcher === undefined)
    .map((region) => watcherId(region, subscriptionOf(region) ?? SUBSCRIPTION));
  const shared = [service.images.dockerHub?.vault, service.encryption?.key, ...watchers];
  return [...Object.values(service.existing), ...shared, ...ids].filter((id) => id !== undefined);
}

/** PEM. */
export function newSigningKey(): string {
  const {privateKey} = generateKeyPairSync("ed25519");
  return privateKey.export({type: "pkcs8", format: "pem"}) as string;
}

/** 32 bytes in base64. */
const newSealingKey = (): string => randomBytes(32).toString("base64");

interface Run {
  readonly name: string;
  readonly program: Program;
  readonly cloud: Cloud;
  /** The one that the stack's configuration names, if any. */
  readonly subscription?: string | undefined;
  /** The cloud that the stack's configuration names, in azure-native's words. */
  readonly environment?: string;
  /** The configuration of every stack. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Stacks that ran before, which this one may read. */
  readonly before: readonly Stack[];
}

/** Runs a program as a stack. One at a time: the Pulumi runtime is one for a process. */
export async function runStack(run: Run): Promise<Stack> {
  const {name, cloud, secrets} = run;
  let order: Order | undefined;
  /** By the URN of its provider. */
  const subscriptions = new Map<string, string>();
  const mocks: runtime.Mocks = {
    newResource: (args) => {
      if (args.type === "pulumi:pulumi:StackReference")
        return {id: args.id, state: {...args.inputs, ...reference(run, args.id)}};
      const subscription = subscriptions.get(order!.provider ?? "") ?? run.subscription;
      const {id, outputs, inputs, urn, type} = cloud.create({...order!, subscription});
      if (type === AZURE_PROVIDER) subscriptions.set(urn, String(inputs.subscriptionId));
      return {id, state: {...args.inputs, ...changed(outputs, inputs)}};
    },
    // A provider is named by its URN and its id.
    call: ({token, inputs, provider = ""}) => {
      const subscription = subscriptions.get(provider.replace(/::[^:]*$/, "")) ?? run.subscription;
      return cloud.call(name, token, inputs, subscription);
    },
  };
  await runtime.setMocks(mocks, PROJECT, name, false, ORGANIZATION);
  const observed = observe(runtime.getMonitor()!, {stack: name, project: PROJECT}, (next) => {
    order = next;
  });
  const config = mapKeys(secrets, (key) => `${PROJECT}:${key}`);
  // What is previewed is the same each time.
  const settled = {
    [`${PROJECT}:secretSuffix`]: "",
    ...(run.environment && {"azure-native:environment": run.environment}),
  };
  runtime.setAllConfig({...config, ...settled}, Object.keys(config));
  await settle(run);
  const resources = cloud.resources.filter(({stack}) => stack === name);
  return {name, resources, ...observed.outputs()};
}

const mapKeys = (values: Readonly<Record<string, string>>, name: (key: string) => string) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [name(key), value]));

/** Only what differs, so that inputs keep their secret marks. */
const changed = (outputs: Inputs, inputs: Inputs) =>
  Object.fromEntries(Object.entries(outputs).filter(([key, value]) => inputs[key] !== value));

/** The outputs of another stack, as a StackReference reads them. */
function reference({before, name: stack}: Run, id: string | undefined) {
  const other = id?.split("/").at(-1) ?? "";
  const {outputs, secretOutputs} = before.find(({name}) => name === other) ?? {};
  if (outputs) return {outputs, secretOutputNames: secretOutputs};
  throw new Error(`stack ${stack} reads ${id}, which has not been brought up`);
}

/** Runs the program until its last resource is registered; an error of a callback stops it too. */
async function settle({name, program, cloud}: Run): Promise<void> {
  const errors: unknown[] = [];
  const note = (error: unknown) => void errors.push(error);
  process.on("unhandledRejection", note);
  try {
    // The program's own error is caught in here: out there each of the stack's outputs repeats it.
    await runtime.runInPulumiStack(async () => Promise.try(program).catch(note)).catch(note);
    await runtime.disconnect();
    // Node tells of rejections once the queue of promises is empty.
    await setImmediate();
  } finally {
    process.off("unhandledRejection", note);
  }
  if (errors.length === 0) return;
  const [cause] = errors;
  const message = `stack ${name}: ${reasonOf(cause) || "a function failed"}`;
  // An earlier refusal may be the cause.
  const said = cloud.refusals.length > 0 ? [report(cloud.refusals), message] : [message];
  throw new StackError(said.join("\n"), cloud.refusals, {cause});
}

/** Without Pulumi's trail of the inputs through which an error came. */
const reasonOf = (cause: unknown) =>
  (cause instanceof Error ? cause.message : String(cause)).replace(
    /^(error serializing property "[^"]*": \s*)+/,
    "",
  );

function report(refusals: readonly Refusal[]): string {
  const lines = refusals.map(
    ({stack, type, name, reason}) => `  - stack ${stack}, ${type} "${name}": ${reason}`,
  );
  return `The cloud refused:\n${lines.join("\n")}`;
}
