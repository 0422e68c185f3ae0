import {fileURLToPath} from "node:url";
import {stackNames} from "../../infra/azure/names.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import {warningsOf} from "../../regions/warnings.ts";
import type {World} from "../../regions/world.ts";
import {type Given, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {exitCodes} from "../command/failure.ts";
import {createArm} from "./azure/arm.ts";
import {oneLine} from "./azure/arm-error.ts";
import {armOrigin, PUBLIC_CLOUD} from "./azure/origin.ts";
import {createTokens} from "./azure/token.ts";
import {preflight} from "./checks.ts";
import type {Finding} from "./finding.ts";
import {offlineFindings} from "./offline.ts";
import {report} from "./report.ts";
import {createSubscriptions} from "./subscriptions.ts";

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
    text: "default: that of the stack's configuration, then AZURE_SUBSCRIPTION_ID",
  },
  arm: {
    type: "string",
    value: "URL",
    default: PUBLIC_CLOUD,
    text: `Azure Resource Manager of another cloud; default: ${PUBLIC_CLOUD}
(AZURE_AUTHORITY_HOST names who signs in there)`,
  },
  offline: {
    type: "boolean",
    text: "asks nobody: what would be asked of each location, and what is near",
  },
  json: {type: "boolean", text: "the findings as JSON"},
} as const;

type Values = Given<typeof options>["values"];

await runCommand({
  usage: ["npm run preflight -- [--stack NAME]... [--regions A,B] [--offline] [--json]"],
  about: `Asks Azure, before an up, whether it has what the stacks of regions.yaml want: models, quota, sizes
and zones of nodes, names, registered providers, and rights of who asks. Changes nothing. Signed in
as by Azure's tools: az login, a managed identity, or AZURE_CLIENT_ID and what goes with it.`,
  options,
  notes: "Exit code 0: all is there. 1: something is short, or could not be asked. 2: bad use.",
  async run({values}) {
    const world = readWorld();
    for (const warning of warningsOf(world, Date.now())) console.error(`warning: ${warning}`);
    const stacks = wantedStacks(world, values);
    const findings = values.offline
      ? offlineFindings(world, stacks)
      : await onlineFindings(world, stacks, values);
    const failed = findings.some(({status}) => status === "short" || isUnasked(status, values));
    const json = () => `${JSON.stringify({ok: !failed, findings}, null, 2)}\n`;
    process.stdout.write(values.json ? json() : report(findings));
    return failed ? exitCodes.failed : undefined;
  },
});

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
  {arm: url, subscription: given}: Values,
): Promise<Finding[]> {
  const origin = armOrigin(url);
  const folder = fileURLToPath(new URL("../../infra/config/", import.meta.url));
  const subscriptionOf = createSubscriptions({folder, given, env: process.env});
  stacks.map(subscriptionOf);
  const getToken = await signIn(origin);
  return preflight({
    world,
    stacks,
    subscriptionOf,
    arm: createArm({origin, getToken}),
    progress: (line) => console.error(line),
    now: Date.now,
  });
}

/** Fails once, here, rather than at every question. */
async function signIn(origin: string): Promise<() => Promise<string>> {
  // Loaded late: it takes a second.
  const {DefaultAzureCredential} = await import("@azure/identity");
  const credential = new DefaultAzureCredential({
    // The public cloud does not know the authorities of others.
    disableInstanceDiscovery: process.env.AZURE_AUTHORITY_HOST !== undefined,
  });
  const getToken = createTokens(() => credential.getToken(`${origin}/.default`));
  await getToken().catch((cause: Error) => {
    throw new Error(`cannot sign in; try az login. ${oneLine(cause.message)}`, {cause});
  });
  return getToken;
}
