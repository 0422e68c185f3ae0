import {parseArgs} from "node:util";
import {closest} from "fastest-levenshtein";
import {readWorld} from "../regions/read.ts";
import {maskedStack} from "./mask.ts";
import {count, outline} from "./outline.ts";
import {type Built, runStacks} from "./stacks.ts";

const help = `npm run preview -- [--stack NAME]... [--json]

Shows what every stack of regions.yaml would create, with no credentials and no cloud.

  --stack NAME  only this stack; may be given more than once
  --json        everything that is known of each resource, as JSON; secrets masked
  --help        this text
`;

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
  const known = ["global", ...world.regions.map(({name}) => name), "dns"];
  for (const stack of values.stack ?? []) requireStack(stack, known);
  const built = await runStacks(world, {...(values.stack && {stacks: values.stack})});
  process.stdout.write(values.json ? json(built) : report(built));
}

const options = {
  stack: {type: "string", multiple: true},
  json: {type: "boolean"},
  help: {type: "boolean", short: "h"},
} as const;

function requireStack(stack: string, known: readonly string[]): void {
  if (known.includes(stack)) return;
  const nearest = closest(stack, known as string[]);
  throw new Error(
    `"${stack}" is not a stack; did you mean "${nearest}"? The stacks are ${known.join(", ")}. A region becomes one by an entry in regions.yaml.`,
  );
}

const json = ({stacks}: Built) => `${JSON.stringify(stacks.map(maskedStack), null, 2)}\n`;

function report({stacks}: Built): string {
  const seconds = (performance.now() / 1000).toFixed(1);
  const total = count(stacks.flatMap(({resources}) => resources));
  const summary = `${stacks.length} stack${stacks.length === 1 ? "" : "s"}: ${total} resources, in ${seconds} s. Nothing was created.`;
  return `${[...stacks.map(outline), summary].join("\n\n")}\n`;
}
