import {environmentAt} from "../../cloud/azure/environments.ts";
import {rules} from "../../cloud/azure/rules/rules.ts";
import {type Cloud, CloudError, createCloud} from "../../cloud/cloud.ts";
import {consequenceOf} from "../../cloud/consequence.ts";
import {orderOf} from "../../cloud/engine/provider.ts";
import {isUnknown, UNKNOWN} from "../../cloud/engine/pulumi-values.ts";
import type {Inputs, Order, Resource} from "../../cloud/resource.ts";
import {kindOf} from "../../cloud/types.ts";
import {MASK} from "../preview/mask.ts";
import {answersApart} from "./answers.ts";
import type {Recording, Step} from "./recording.ts";
import {changedTexts} from "./secret-texts.ts";

/** What the recorded cloud and the stand-in made of the same step. */
export interface Difference {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly op: string;
  readonly text: string;
}

/** Asks the stand-in for what was recorded, in the same order and as much at the same time. */
export async function replay({at, steps}: Recording): Promise<Difference[]> {
  const cloud = createCloud({
    existing: heldElsewhere(steps),
    now: () => at * 1000,
    environment: environmentOf(steps),
  });
  const begun = new Map<Step, Promise<string[]>>();
  const differences: Difference[] = [];
  for (const {step, begins} of timeline(steps)) {
    if (begins) begun.set(step, differencesOf(cloud, step));
    else differences.push(...(await begun.get(step)!).map((text) => ({...titleOf(step), text})));
  }
  return differences;
}

/** The cloud that was recorded, by where the first thing in it is; the public one where nothing says it. */
function environmentOf(steps: readonly Step[]) {
  const location = steps
    .map(({inputs, olds}) => (inputs ?? olds)?.location)
    .find((one) => typeof one === "string" && one !== "global");
  return location === undefined ? undefined : environmentAt(String(location)).name;
}

function timeline(steps: readonly Step[]) {
  const moments = steps.flatMap((step) => [
    {step, begins: true, at: step.from},
    {step, begins: false, at: step.to},
  ]);
  return moments.toSorted((a, b) => a.at - b.at);
}

function titleOf({urn, op}: Step) {
  const {stack, type, name} = orderOf(urn, {});
  return {stack, type, name, op};
}

async function differencesOf(cloud: Cloud, step: Step): Promise<string[]> {
  const [olds, news] = [orderAt(step, "olds"), orderAt(step, "inputs")];
  const now = olds && (there(cloud, olds) ?? cloud.create(olds));
  switch (step.op) {
    case "create":
    case "create-replacement":
    case "import":
      return news ? [...otherVersion(step), ...(await written(cloud, step, news))] : [];
    case "update":
      return news && now ? updated(cloud, step, news, now) : [];
    case "replace":
      return news && now && !replacedFor(now, news)
        ? ["Azure's provider makes another one of it; the stand-in would change it in place"]
        : [];
    case "delete":
    case "delete-replaced":
      return now ? removed(cloud, step, now) : [];
    default:
      return [];
  }
}

/** The inputs as a program gives them: the provider adds its API version, and marks of its own. */
function orderAt({urn, ...step}: Step, part: "olds" | "inputs"): Order | undefined {
  const {azureApiVersion: _, ...inputs} = step[part] ?? {};
  if (!step[part]) return undefined;
  const own = Object.entries(inputs).filter(([key]) => !key.startsWith("__"));
  const unknown = (text: string) => (text.includes(MASK) ? UNKNOWN : text);
  return orderOf(urn, changedTexts(Object.fromEntries(own), unknown) as Inputs);
}

const there = (cloud: Cloud, {type, inputs, stack}: Order) =>
  cloud.find(kindOf(type)?.id(inputs, stack) ?? "");

function otherVersion({urn, inputs = {}}: Step): string[] {
  const {type} = orderOf(urn, {});
  const known = rules[type.replace("azure-native:", "")]?.version;
  const asked = inputs.azureApiVersion;
  if (!known || !asked || asked === known) return [];
  return [`API version ${asked} was asked; the stand-in's rules are of ${known}`];
}

async function updated(cloud: Cloud, step: Step, news: Order, now: Resource): Promise<string[]> {
  const replaced = replacedFor(now, news);
  if (!replaced) return written(cloud, step, news, now);
  cloud.edit(now.id, news.inputs);
  return [
    `Azure's provider changed it in place; the stand-in makes another one of it for ${replaced}`,
  ];
}

/** The inputs for whose change the stand-in makes another resource; empty where it makes none. */
const replacedFor = (now: Resource, news: Order): string =>
  consequenceOf(kindOf(news.type), now, news).replaces.join(", ");

async function written(cloud: Cloud, step: Step, news: Order, now?: Resource): Promise<string[]> {
  const refusal = await refusalOf(() => cloud.write(news, now));
  const {id = "", outputs = {}} = there(cloud, news) ?? {};
  if (refusal !== undefined && !step.error) make(cloud, news, now);
  if (refusal === undefined && step.error && !now) await refusalOf(() => cloud.remove(id));
  if (refusal !== undefined || step.error) return verdicts(step, refusal);
  return [...otherId(step, news, id), ...answersApart(news, outputs, step.answer ?? {})];
}

/** What Azure took is there for what comes after, whatever the stand-in thinks of it. */
function make(cloud: Cloud, news: Order, now: Resource | undefined): void {
  if (now) cloud.edit(now.id, news.inputs);
  else cloud.create(news);
}

async function removed(cloud: Cloud, step: Step, now: Resource): Promise<string[]> {
  return verdicts(step, await refusalOf(() => cloud.remove(now.id)));
}

async function refusalOf(ask: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    if (error instanceof CloudError) return error.message;
    throw error;
  }
}

function verdicts({error}: Step, refusal: string | undefined): string[] {
  if (refusal === undefined)
    return error ? [`Azure refused it, the stand-in takes it: ${error}`] : [];
  if (!error) return [`Azure took it, the stand-in refuses it: ${refusal}`];
  const [code = ""] = /^\w+/.exec(refusal) ?? [];
  return error.includes(code)
    ? []
    : [`Azure refused it otherwise: ${error}\nThe stand-in says: ${refusal}`];
}

/** Kubernetes' provider has ids of its own. */
function otherId({id}: Step, {type}: Order, own: string): string[] {
  const same = isUnknown(own) || id.toLowerCase() === own.toLowerCase();
  return same || !type.startsWith("azure-native:")
    ? []
    : [`its id is ${id}; the stand-in gives it ${own}`];
}

/** Groups, and what resources are parts of, that the recording does not make: other stacks did. */
function heldElsewhere(steps: readonly Step[]): string[] {
  const ids = steps.map(({id, urn, inputs = {}}) => {
    const {type, stack} = orderOf(urn, {});
    return (id || kindOf(type)?.id(inputs, stack)) ?? "";
  });
  const made = new Set(ids.map((id) => id.toLowerCase()));
  const parents = ids
    .filter((id) => id.startsWith("/subscriptions/"))
    .flatMap((id) => [5, 9].map((parts) => id.split("/").slice(0, parts).join("/")));
  return [...new Set(parents)].filter((id) => !made.has(id.toLowerCase()));
}
