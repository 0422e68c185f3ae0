import {stackNames} from "../../infra/azure/names.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import {NOTICE_DAYS, warningsOf} from "../../regions/warnings.ts";
import type {World} from "../../regions/world.ts";
import {type Given, UsageError, wholeNumber} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {exitCodes} from "../command/failure.ts";
import {preflight} from "./checks.ts";
import {connect} from "./connection.ts";
import {tellEnds} from "./ends/telling.ts";
import type {Finding} from "./finding.ts";
import {offlineFindings} from "./offline.ts";
import {report} from "./report.ts";

const options = {
  stack: {
    type: "string",
    value: "NAME",
    multiple: true,
    text: "only this stack; may be given more than once",
  },
  regions: {type: "string", value: "A,B", text: "only these regions"},
  subscription: {
    type: "string",
    value: "ID",
    text: "of regions that name none; default: that of the stack's configuration, then AZURE_SUBSCRIPTION_ID",
  },
  arm: {
    type: "string",
    value: "URL",
    text: `another Azure Resource Manager; default: that of service.cloud
(AZURE_AUTHORITY_HOST names who signs in there)`,
  },
  offline: {
    type: "boolean",
    text: "asks nobody: what would be asked of each location, and what is near",
  },
  json: {type: "boolean", text: "the findings as JSON"},
  ends: {
    type: "boolean",
    text: "instead: which models end soon, what comes after them, and the change that begins it",
  },
  within: {
    type: "string",
    value: "DAYS",
    text: `of --ends: how soon; default: ${NOTICE_DAYS}, when Azure names replacements`,
  },
  markdown: {type: "boolean", text: "of --ends: as the text of an issue"},
} as const;

/** Longer than any model is sold for. */
const MOST_DAYS = 3650;

type Values = Given<typeof options>["values"];

await runCommand({
  usage: [
    "npm run preflight -- [--stack NAME]... [--regions A,B] [--offline] [--json]",
    "npm run preflight -- --ends [--within DAYS] [--regions A,B] [--offline] [--json | --markdown]",
  ],
  about: `Asks Azure, before an up, whether it has what the stacks of regions.yaml want: models, quota, sizes
and zones of nodes, names, registered providers, and rights of who asks. Changes nothing. Signed in
as by Azure's tools: az login, a managed identity, or AZURE_CLIENT_ID and what goes with it.`,
  options,
  notes: `Exit code 0: all is there, or no model ends soon. 1: something is short, a model ends, or Azure could
not be asked. 2: bad use.`,
  read({values}) {
    refuseStrays(values);
    const within = values.within ?? `${NOTICE_DAYS}`;
    return {values, withinDays: wholeNumber("--within", within, 1, MOST_DAYS)};
  },
  async run({values, withinDays}) {
    const world = readWorld();
    const stacks = wantedStacks(world, values);
    if (values.ends) return tellEnds(world, stacks, {...values, withinDays});
    for (const warning of warningsOf(world, Date.now())) console.error(`warning: ${warning}`);
    const findings = values.offline
      ? offlineFindings(world, stacks, Date.now())
      : await onlineFindings(world, stacks, values);
    const failed = findings.some(({status}) => status === "short" || isUnasked(status, values));
    const json = () => `${JSON.stringify({ok: !failed, findings}, null, 2)}\n`;
    process.stdout.write(values.json ? json() : report(findings));
    return failed ? exitCodes.failed : undefined;
  },
});

/** Refuses options that belong to the other of the two forms. */
function refuseStrays({ends, within, markdown, json}: Values): void {
  if (!ends && (within !== undefined || markdown))
    throw new UsageError(
      `--${markdown ? "markdown" : "within"}: of the ends of models; add --ends`,
    );
  if (json && markdown) throw new UsageError("--json and --markdown: give one of them");
}

/** An unanswered question is a failure, except offline, where none is asked. */
function isUnasked(status: Finding["status"], {offline}: Values): boolean {
  return status === "unknown" && !offline;
}

function wantedStacks(world: World, {stack = [], regions}: Values): readonly string[] {
  const known = stackNames(world);
  const names = world.regions.map(({name}) => name);
  const listed = regions?.split(",").map((name) => name.trim()) ?? [];
  for (const name of stack) requireKnown("--stack", name, known);
  for (const name of listed) requireKnown("--regions", name, names);
  const wanted = [...stack, ...listed];
  return wanted.length > 0 ? known.filter((name) => wanted.includes(name)) : known;
}

function requireKnown(option: string, name: string, known: readonly string[]): void {
  if (!known.includes(name))
    throw new UsageError(`${option} "${name}" is not in regions.yaml; ${nearest(name, known)}`);
}

async function onlineFindings(
  world: World,
  stacks: readonly string[],
  values: Values,
): Promise<Finding[]> {
  return preflight({
    world,
    stacks,
    ...(await connect(world, stacks, values)),
    progress: (line) => console.error(line),
    now: Date.now,
  });
}
