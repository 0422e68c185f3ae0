import {tagOf} from "../../infra/stacks/pins.ts";
import {nearest} from "../../regions/meaning.ts";
import {milliseconds} from "../../regions/units.ts";
import type {World} from "../../regions/world.ts";
import {CREDENTIAL, FOLDER, type Name, parsed, type Values} from "./options.ts";
import {credentialOf} from "./visitor.ts";

/** What a rollout is asked to do. */
export interface Order {
  readonly dryRun: boolean;
  /** In the order in which they were named; every stack if undefined. */
  readonly regions: readonly string[] | undefined;
  readonly canary: string | undefined;
  /** Tag of an image that was built before. */
  readonly image: string | undefined;
  readonly soakMs: number;
  /** Empty in a dry run, which asks nobody. */
  readonly credentialFile: string;
  readonly folder: string;
  readonly resume: boolean;
  readonly anew: boolean;
}

/** A policy reaches every proxy in two minutes: the kubelet looks once a minute, and keeps what it saw for one. */
const POLICY_MS = 120_000;
/** Everything that is wrong with the arguments. */
export class ArgumentError extends Error {
  constructor(faults: readonly string[]) {
    const list = faults.map((fault) => `  - ${fault}`);
    super(`The rollout cannot begin:\n${list.join("\n")}\n--help lists the options.`);
  }
}

/** Throws an ArgumentError with all faults at once. */
export function orderOf(
  args: readonly string[],
  world: World,
  env: Readonly<Record<string, string | undefined>>,
): Order {
  const {values, faults} = parsed(args);
  const text = (name: Name) => textOf(values, name);
  const attempt = <Result>(work: () => Result): Result | undefined => {
    try {
      return work();
    } catch (error) {
      faults.push((error as Error).message);
      return undefined;
    }
  };
  const dryRun = values["dry-run"] === true;
  const regions = attempt(() => regionsOf(text("regions"), world));
  const canary = attempt(() => canaryOf(text("canary"), regions, world));
  const image = attempt(() => imageOf(text("to")));
  const soakMs = attempt(() => soakOf(text("soak"), world));
  const credentialFile = dryRun
    ? ""
    : attempt(() => credentialFileOf(text("credential-file") ?? env[CREDENTIAL]));
  faults.push(...resumeFaults(values));
  if (faults.length > 0) throw new ArgumentError(faults);
  return {
    dryRun,
    regions,
    canary,
    image,
    soakMs: soakMs!,
    credentialFile: credentialFile!,
    folder: text("journal") ?? FOLDER,
    resume: values.resume === true,
    anew: values.anew === true,
  };
}

/** Undefined too where the value is missing, which is a fault of its own. */
function textOf(values: Values, name: Name): string | undefined {
  const value = values[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function regionsOf(text: string | undefined, world: World): string[] | undefined {
  if (text === undefined) return undefined;
  const asked = [...new Set(text.split(",").map((name) => name.trim()))].filter(Boolean);
  const names = world.regions.map(({name}) => name);
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length === 0 && asked.length > 0) return asked;
  const mends = unknown.map((name) => `"${name}" is not a region, ${nearest(name, names)}`);
  throw new Error(`--regions ${text}: ${mends.join("; ") || "names none"}`);
}

function canaryOf(name: string | undefined, regions: readonly string[] | undefined, world: World) {
  const choice = regions ?? world.regions.map((region) => region.name);
  if (name === undefined || choice.includes(name)) return name;
  throw new Error(
    `--canary ${name}: not one of the regions that are rolled out; ${nearest(name, choice)}`,
  );
}

function imageOf(text: string | undefined): string | undefined {
  const tag = text === undefined ? undefined : tagOf(text);
  if (tag !== undefined || text === undefined) return tag;
  throw new Error(
    `--to ${text}: has no tag of 12 hex digits; pulumi stack output image --stack NAME prints what a region runs`,
  );
}

function soakOf(text: string | undefined, {service}: World): number {
  if (text === undefined) return POLICY_MS + service.objective.windowMs;
  const {data, error} = milliseconds("1s", "2h").safeParse(text);
  if (data !== undefined) return data;
  throw new Error(`--soak ${text}: ${error!.issues[0]!.message}`);
}

function credentialFileOf(file: string | undefined): string {
  if (file === undefined)
    throw new Error(
      `no client's credential to judge by; name the file that holds one by --credential-file or ${CREDENTIAL}`,
    );
  try {
    credentialOf(file);
    return file;
  } catch (cause) {
    throw new Error(`the credential's file: ${(cause as Error).message}`, {cause});
  }
}

/** What goes on has been chosen. */
function resumeFaults(values: Values): string[] {
  if (!values.resume) return [];
  const chosen = (["regions", "canary", "to"] as const).filter((name) => values[name]);
  return [
    ...chosen.map((name) => `--${name} cannot be changed by --resume; leave it out`),
    ...(values.anew ? ["--resume and --anew exclude each other; choose one"] : []),
  ];
}
