import {nodeDollars} from "../../cloud/azure/prices.ts";
import {type TokenPrice, tokenPrice} from "../../regions/models/prices.ts";
import {unpricedGpus} from "../../regions/replicas/prices.ts";
import type {Region, Replicas, World} from "../../regions/world.ts";
import {assumed} from "../cost/usage.ts";
import type {Load} from "./load.ts";
import {replicaRate} from "./replica.ts";

/** What a replica is worth in a region, beside the tokens that it saves. */
export interface OwnGpus {
  readonly region: string;
  readonly size: string;
  /** Requests a second. */
  readonly carries: number;
  readonly people: number;
  /** Of a month; undefined where it has no price here. */
  readonly dollars: number | undefined;
  /** The model of Azure's that it is compared with, and what a person's tokens of that are a month. */
  readonly instead: {readonly model: string; readonly sku: string; readonly dollars: number};
  /** From so many people on the replicas cost less; undefined where they never do. */
  readonly from: number | undefined;
}

/** What is compared with where nothing overflows to Azure. */
const USUAL = {model: "gpt-5.6-luna", sku: "GlobalStandard"} as const;

/** Of every region that has the load's model on GPUs of its own, whose size is known. */
export const ownGpus = (world: World, load: Load): OwnGpus[] =>
  world.regions.flatMap((region) =>
    region.replicas
      .filter(({model}) => model === load.model)
      .flatMap((own) => compared(world, region, own, load) ?? []),
  );

function compared(
  world: World,
  region: Region,
  {size, spot, count}: Replicas,
  load: Load,
): OwnGpus | undefined {
  const carries = replicaRate(size, load);
  if (carries === undefined) return undefined;
  const people = Math.floor(carries / load.perUser);
  const isPriced = unpricedGpus({vmSize: size, scaleSetPriority: spot ? "Spot" : "Regular"});
  const dollars = isPriced.length > 0 ? undefined : nodeDollars({size, location: region.name});
  const instead = insteadOf(world, region, load);
  const from = dollars && breakEven({dollars, people, least: count.min}, instead.dollars);
  return {region: region.name, size, carries, people, dollars, instead, from};
}

/** A person pays for tokens what others do; replicas come one at a time, and each is for so many people. */
function breakEven(
  {dollars, people, least}: {dollars: number; people: number; least: number},
  person: number,
): number | undefined {
  return dollars > people * person ? undefined : Math.ceil((least * dollars) / person);
}

function insteadOf({models}: World, {name, deployments}: Region, load: Load): OwnGpus["instead"] {
  const overflow = deployments.find(({model}) => model === models[load.model]?.overflow);
  const asked = overflow ? {model: models[overflow.model]!.model, sku: overflow.sku} : USUAL;
  const price = tokenPrice(asked.model, asked.sku, name);
  if (price) return {...asked, dollars: personDollars(price, load)};
  return {...USUAL, dollars: personDollars(tokenPrice(USUAL.model, USUAL.sku, name)!, load)};
}

/** A month of a person's requests, none of whose prompts is cached at Azure. */
function personDollars({input, output}: TokenPrice, load: Load): number {
  const requests = load.perUser * 3600 * assumed.hours * assumed.days;
  return (requests * (load.promptTokens * input + load.replicas.answerTokens * output)) / 1e6;
}

/** A line for each region. */
export const ownLines = (all: readonly OwnGpus[]): string[] =>
  all.map(({region, size, carries, people, dollars, instead, from}) => {
    const carried = `${region}: a replica on ${size} carries ${carries.toFixed(1)} requests a second, ${people} people`;
    if (dollars === undefined) return `${carried}; its price is not known here.`;
    const worth =
      from === undefined
        ? "replicas never cost less"
        : `from ${from.toLocaleString("en-US")} people on, replicas cost less`;
    return `${carried}, for $${Math.round(dollars).toLocaleString("en-US")} a month: $${(dollars / people).toFixed(2)} each. By tokens of ${instead.model} as ${instead.sku} that is $${instead.dollars.toFixed(2)}: ${worth}.`;
  });
