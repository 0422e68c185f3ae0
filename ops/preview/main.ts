import {parseArgs} from "node:util";
import type {Stack} from "../../cloud/stacks/stacks.ts";
import {stackNames} from "../../infra/azure/names.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import type {World} from "../../regions/world.ts";
import {parseRules, rulesHelp} from "../review/rules.ts";
import {exampleKey} from "./example-key.ts";

const help = `npm run preview -- [--stack NAME]... [--json]
npm run preview -- --base REVISION [--stack NAME]... [--format FORMAT] [--expect RULE]...

Shows what every stack of regions.yaml would create, with no credentials and no cloud; or, with a base,
what changes from that Git revision to the working tree.

  --stack NAME     only this stack; may be given more than once
  --json           everything that is known of each resource, as JSON; secrets masked
  --base REVISION  compares with the stacks of this revision, made by its own programs
  --format FORMAT  of the comparison: text (default), markdown or json
  --expect RULE    ends with 2 where the change breaks a rule; may be given more than once:
${rulesHelp.replaceAll(/^/gm, "                     ")}
  --help           this text
`;

const options = {
  stack: {type: "string", multiple: true},
  json: {type: "boolean"},
  base: {type: "string"},
  format: {type: "string"},
  expect: {type: "string", multiple: true},
  help: {type: "boolean", short: "h"},
} as const;

type Values = ReturnType<typeof parseArgs<{options: typeof options}>>["values"];

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
  refuseStrays(values);
  const world = readWorld();
  if (values.base !== undefined) return compareWith(values.base, values, world);
  const stacks = await stacksOf(world, values.stack);
  const {asJson, report} = await import("./resource-tree.ts");
  process.stdout.write(values.json ? asJson(stacks) : report(stacks, performance.now()));
}

/** Options that only one of the two commands has. */
function refuseStrays(values: Values): void {
  const [others, mend] =
    values.base === undefined
      ? [["format", "expect"] as const, "of a comparison; add --base REVISION"]
      : [
          ["stack", "json"] as const,
          "a comparison is of all stacks; --format json tells all of it",
        ];
  const strays = others.filter((name) => values[name] !== undefined);
  if (strays.length > 0) throw new Error(`--${strays.join(" and --")}: ${mend}`);
}

async function compareWith(base: string, values: Values, world: World): Promise<void> {
  const rules = parseRules(values.expect ?? []);
  const {formats, isBroken} = await import("../review/report.ts");
  const format = formats.get(values.format ?? "text");
  if (!format)
    throw new Error(`--format ${values.format}: write ${[...formats.keys()].join(", ")}`);
  const {readBase} = await import("../review/base.ts");
  const {reviewOf} = await import("../review/review.ts");
  const [before, stacks] = await Promise.all([readBase(base, console.error), stacksOf(world)]);
  const judged = {base, rules, review: reviewOf(before, {world, stacks})};
  process.stdout.write(format(judged));
  if (isBroken(judged)) process.exitCode = 2;
}

/** Pulumi takes a second to load: not before there is something to run. */
async function stacksOf(world: World, stacks?: readonly string[]): Promise<readonly Stack[]> {
  for (const stack of stacks ?? []) requireStack(stack, stackNames(world));
  const {runStacks} = await import("../../cloud/stacks/stacks.ts");
  const wanted = stacks && {stacks};
  // Two previews differ only by what regions.yaml and the programs changed.
  const same = {signingKey: exampleKey(), now: () => 0};
  return (await runStacks(world, {...wanted, ...same})).stacks;
}

function requireStack(stack: string, known: readonly string[]): void {
  if (known.includes(stack)) return;
  throw new Error(
    `"${stack}" is not a stack; ${nearest(stack, known)} The stacks are ${known.join(", ")}. A region becomes one by an entry in regions.yaml.`,
  );
}
