import {pinOf} from "../../infra/stacks/pins.ts";
import {nearest} from "../../regions/meaning.ts";
import {milliseconds} from "../../regions/units.ts";
import type {World} from "../../regions/world.ts";
import {type Given, readAll, UsageError} from "../command/arguments.ts";
import {faultOf} from "../command/files.ts";
import {certificateIn, credentialOf} from "./visitor.ts";

const FOLDER = ".meridian/rollout";
/** Environment variables. */
const CREDENTIAL = "MERIDIAN_CREDENTIAL_FILE";
const CERTIFICATE = "MERIDIAN_CERTIFICATE_FILE";

export const options = {
  "dry-run": {type: "boolean", text: "prints the waves, and changes nothing"},
  regions: {
    type: "string",
    value: "A,B",
    text: "these regions' stacks alone; global, fallback and dns stay as they are",
  },
  canary: {
    type: "string",
    value: "NAME",
    text: "the region that goes first (default: the one with the fewest users)",
  },
  to: {
    type: "string",
    value: "IMAGE",
    text: "an image that was built before, by its tag, or by tag and digest (default: what global builds)",
  },
  soak: {
    type: "string",
    value: "TIME",
    text: "how long each wave is watched (default: 2m and the objective's window)",
  },
  "credential-file": {
    type: "string",
    value: "FILE",
    text: `holds a client's credential, as an editor has it, for the completions that a wave
is judged by (default: the file that ${CREDENTIAL} names)`,
  },
  "certificate-file": {
    type: "string",
    value: "FILE",
    text: `holds a client's certificate and its key, as PEM, where edge.clientCertificates asks for
one (default: the file that ${CERTIFICATE} names)`,
  },
  journal: {
    type: "string",
    value: "FOLDER",
    default: FOLDER,
    text: `where journal, lock and logs are (default: ${FOLDER})`,
  },
  resume: {type: "boolean", text: "goes on with the rollout that was interrupted"},
  anew: {type: "boolean", text: "begins another, though the last was interrupted"},
} as const;

type Values = Given<typeof options>["values"];

/** What a rollout is asked to do. */
export interface Order {
  readonly dryRun: boolean;
  /** In the order given; undefined means every stack. */
  readonly regions: readonly string[] | undefined;
  readonly canary: string | undefined;
  /** Tag of an image that is already built, with its digest where that was given. */
  readonly image: string | undefined;
  readonly soakMs: number;
  /** Empty in a dry run, which needs none. */
  readonly credentialFile: string;
  /** Undefined where no edge asks for a client's certificate. */
  readonly certificateFile: string | undefined;
  readonly folder: string;
  readonly resume: boolean;
  readonly anew: boolean;
}

/** How long a policy takes to reach every proxy: the kubelet syncs once a minute and caches for another. */
const POLICY_MS = 120_000;

/** Throws a UsageError with all faults at once. */
export function orderOf(
  values: Values,
  world: World,
  env: Readonly<Record<string, string | undefined>>,
): Order {
  const {regions, canary, soak, "credential-file": file = env[CREDENTIAL]} = values;
  const {"certificate-file": certificate = env[CERTIFICATE]} = values;
  const {"dry-run": dryRun = false, resume = false, anew = false} = values;
  const {choice: _, ...order} = readAll({
    regions: () => regionsOf(regions, world),
    canary: () => canaryOf(canary, regions, world),
    image: () => imageOf(values.to),
    soakMs: () => soakOf(soak, world),
    credentialFile: () => (dryRun ? "" : credentialFileOf(file)),
    certificateFile: () => (dryRun ? undefined : certificateFileOf(certificate, world)),
    choice: () => requireOneChoice(values),
  });
  return {...order, dryRun, folder: values.journal, resume, anew};
}

function regionsOf(text: string | undefined, world: World): string[] | undefined {
  if (text === undefined) return undefined;
  const [asked, names] = [listed(text), namesOf(world)];
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length === 0 && asked.length > 0) return asked;
  const mends = unknown.map((name) => `"${name}" is not a region, ${nearest(name, names)}`);
  throw new UsageError(`--regions ${text}: ${mends.join("; ") || "names none"}`);
}

const listed = (text: string) =>
  [...new Set(text.split(",").map((name) => name.trim()))].filter(Boolean);

const namesOf = ({regions}: World) => regions.map(({name}) => name);

function canaryOf(name: string | undefined, regions: string | undefined, world: World) {
  const asked = regions === undefined ? [] : listed(regions);
  const names = namesOf(world);
  // Unknown regions have been reported already.
  const choice = asked.length > 0 && asked.every((one) => names.includes(one)) ? asked : names;
  if (name === undefined || choice.includes(name)) return name;
  throw new UsageError(
    `--canary ${name}: not one of the regions that are rolled out; ${nearest(name, choice)}`,
  );
}

function imageOf(text: string | undefined): string | undefined {
  const pin = text === undefined ? undefined : pinOf(text);
  if (pin !== undefined || text === undefined) return pin;
  throw new UsageError(
    `--to ${text}: has no tag of 12 hex digits; pulumi stack output image --stack NAME prints what a region runs`,
  );
}

function soakOf(text: string | undefined, {service}: World): number {
  if (text === undefined) return POLICY_MS + service.objective.windowMs;
  const {data, error} = milliseconds("1s", "2h").safeParse(text);
  if (data !== undefined) return data;
  throw new UsageError(`--soak ${text}: ${error!.issues[0]!.message}`);
}

function credentialFileOf(file: string | undefined): string {
  if (file === undefined)
    throw new UsageError(
      `no client's credential to judge by; name the file that holds one by --credential-file or ${CREDENTIAL}`,
    );
  try {
    credentialOf(file);
    return file;
  } catch (cause) {
    throw new UsageError(`the credential's file: ${said(cause, file)}`);
  }
}

function certificateFileOf(file: string | undefined, {regions}: World): string | undefined {
  if (!regions.some(({edge}) => edge.clientCertificates)) return undefined;
  if (file === undefined)
    throw new UsageError(
      `no client's certificate to judge by, and edge.clientCertificates asks for one; name the file that holds it and its key by --certificate-file or ${CERTIFICATE}`,
    );
  try {
    certificateIn(file);
    return file;
  } catch (cause) {
    throw new UsageError(`the certificate's file: ${said(cause, file)}`);
  }
}

/** What stood in the way of reading a file. */
function said(cause: unknown, file: string): string {
  const {code = "", message} = cause as NodeJS.ErrnoException;
  const fault = faultOf(code, file, "read");
  return fault === undefined ? message : `${file} ${fault}`;
}

/** A rollout that is resumed goes on with what was chosen when it began. */
function requireOneChoice(values: Values): void {
  if (!values.resume) return;
  const chosen = (["regions", "canary", "to"] as const).filter((name) => values[name]);
  const faults = [
    ...chosen.map((name) => `--${name} cannot be changed by --resume; leave it out`),
    ...(values.anew ? ["--resume and --anew exclude each other; choose one"] : []),
  ];
  if (faults.length > 0) throw new UsageError(...faults);
}
