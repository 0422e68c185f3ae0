import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";
import {stackNames} from "../../infra/azure/names.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {createArm} from "./azure/arm.ts";
import {oneLine} from "./azure/arm-error.ts";
import {armOrigin, PUBLIC_CLOUD} from "./azure/origin.ts";
import {createTokens} from "./azure/token.ts";
import {preflight} from "./checks.ts";
import type {Finding} from "./finding.ts";
import {offlineFindings} from "./offline.ts";
import {report} from "./report.ts";
import {createSubscriptions} from "./subscriptions.ts";

const help = `npm run preflight -- [--stack NAME]... [--regions A,B] [--offline] [--json]

Asks Azure, before an up, whether it has what the stacks of regions.yaml want: models, quota, sizes
and zones of nodes, names, registered providers, and rights of who asks. Changes nothing. Signed in
as by Azure's tools: az login, a managed identity, or AZURE_CLIENT_ID and what goes with it.

  --stack NAME       only this stack; may be given more than once
  --regions A,B      only these regions
  --subscription ID  default: that of the stack's configuration, then AZURE_SUBSCRIPTION_ID
  --arm URL          Azure Resource Manager of another cloud; default: ${PUBLIC_CLOUD}
                     (AZURE_AUTHORITY_HOST names who signs in there)
  --offline          asks nobody: what would be asked of each location, and what is near
  --json             the findings as JSON
  --help             this text

Exit code 0: all is there. 1: something is short, or could not be asked.
`;

const options = {
  stack: {type: "string", multiple: true},
  regions: {type: "string"},
  subscription: {type: "string"},
  arm: {type: "string", default: PUBLIC_CLOUD},
  offline: {type: "boolean"},
  json: {type: "boolean"},
  help: {type: "boolean", short: "h"},
} as const;

type Values = ReturnType<typeof parseArgs<{options: typeof options}>>["values"];

// A reader such as `head` goes away when it has seen enough.
process.stdout.on("error", () => process.exit());

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const {values} = parseArgs({args, options});
  if (values.help) return void process.stdout.write(help);
  const world = readWorld();
  const stacks = wantedStacks(world, values);
  const findings = values.offline
    ? offlineFindings(world, stacks)
    : await onlineFindings(world, stacks, values);
  const failed = findings.some(({status}) => status === "short" || isUnasked(status, values));
  const json = () => `${JSON.stringify({ok: !failed, findings}, null, 2)}\n`;
  process.stdout.write(values.json ? json() : report(findings));
  if (failed) process.exitCode = 1;
}

/** Offline, nobody expects an answer. */
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
    throw new Error(`${option} "${name}" is not in regions.yaml; ${nearest(name, known)}`);
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

/** Fails at once, not at every question. */
async function signIn(origin: string): Promise<() => Promise<string>> {
  // It takes a second to load.
  const {DefaultAzureCredential} = await import("@azure/identity");
  const credential = new DefaultAzureCredential({
    // Another cloud's authority is not known to the public one.
    disableInstanceDiscovery: process.env.AZURE_AUTHORITY_HOST !== undefined,
  });
  const getToken = createTokens(() => credential.getToken(`${origin}/.default`));
  await getToken().catch((cause: Error) => {
    throw new Error(`cannot sign in; try az login. ${oneLine(cause.message)}`, {cause});
  });
  return getToken;
}
