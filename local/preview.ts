import {createHash, createPrivateKey} from "node:crypto";
import {parseArgs} from "node:util";
import {stackNames} from "../infra/names.ts";
import {nearest} from "../regions/faults.ts";
import {readWorld} from "../regions/read.ts";

const help = `npm run preview -- [--stack NAME]... [--json]

Shows what every stack of regions.yaml would create, with no credentials and no cloud.

  --stack NAME  only this stack; may be given more than once
  --json        everything that is known of each resource, as JSON; secrets masked
  --help        this text
`;

const options = {
  stack: {type: "string", multiple: true},
  json: {type: "boolean"},
  help: {type: "boolean", short: "h"},
} as const;

// A reader such as `head` goes away when it has seen enough.
process.stdout.on("error", () => process.exit());

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const {values} = parseArgs({args, options});
  if (values.help) return void process.stdout.write(help);
  const world = readWorld();
  for (const stack of values.stack ?? []) requireStack(stack, stackNames(world));
  // Pulumi takes a second to load: not before there is something to run.
  const {runStacks} = await import("./stacks.ts");
  const {asJson, report} = await import("./outline.ts");
  const wanted = values.stack && {stacks: values.stack};
  const {stacks} = await runStacks(world, {...wanted, signingKey: exampleKey()});
  process.stdout.write(values.json ? asJson(stacks) : report(stacks, performance.now()));
}

function requireStack(stack: string, known: readonly string[]): void {
  if (known.includes(stack)) return;
  throw new Error(
    `"${stack}" is not a stack; ${nearest(stack, known)} The stacks are ${known.join(", ")}. A region becomes one by an entry in regions.yaml.`,
  );
}

/** The same each time, so that two previews differ only by what regions.yaml changed. Nothing is signed with it. */
function exampleKey(): string {
  // RFC 8410, section 7: what comes before the 32 bytes of an Ed25519 key.
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const bytes = createHash("sha256").update("preview").digest();
  const key = createPrivateKey({
    key: Buffer.concat([prefix, bytes]),
    format: "der",
    type: "pkcs8",
  });
  return key.export({type: "pkcs8", format: "pem"}) as string;
}
