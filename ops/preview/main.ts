import type {Stack} from "../../cloud/stacks/stacks.ts";
import {stackNames} from "../../infra/azure/names.ts";
import {nearest} from "../../regions/meaning.ts";
import {readWorld} from "../../regions/read.ts";
import {warningsOf} from "../../regions/warnings.ts";
import type {World} from "../../regions/world.ts";
import {type Given, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {exitCodes} from "../command/failure.ts";
import {parseRules, rulesHelp} from "../review/rules.ts";
import {exampleStacks} from "./example-stacks.ts";

const options = {
  file: {
    type: "string",
    value: "FILE",
    text: "reads this one instead of regions.yaml, such as examples/small.yaml",
  },
  stack: {
    type: "string",
    value: "NAME",
    multiple: true,
    text: "only this stack; may be given more than once",
  },
  json: {
    type: "boolean",
    text: "everything that is known of each resource, as JSON; secrets masked",
  },
  base: {
    type: "string",
    value: "REVISION",
    text: "compares with the stacks of this revision, made by its own programs",
  },
  format: {
    type: "string",
    value: "FORMAT",
    text: "of the comparison: text (default), markdown or json",
  },
  expect: {
    type: "string",
    value: "RULE",
    multiple: true,
    text: `ends with 2 where the change breaks a rule; may be given more than once:\n${rulesHelp}`,
  },
} as const;

type Values = Given<typeof options>["values"];

await runCommand({
  usage: [
    "npm run preview -- [--file FILE] [--stack NAME]... [--json]",
    "npm run preview -- --base REVISION [--format FORMAT] [--expect RULE]...",
  ],
  about: `Shows what every stack of regions.yaml would create, with no credentials and no cloud; or, with a base,
what changes from that Git revision to the working tree.`,
  options,
  read({values}) {
    refuseStrays(values);
    return values;
  },
  async run(values) {
    const world = readWorld(values.file);
    for (const warning of warningsOf(world, Date.now())) console.error(`warning: ${warning}`);
    if (values.base !== undefined) return compareWith(values.base, values, world);
    for (const stack of values.stack ?? []) requireStack(stack, stackNames(world));
    const stacks = await exampleStacks(world, values.stack);
    for (const refusal of await refused(world, stacks)) console.error(`refused by ${refusal}`);
    const {asJson, report} = await import("./resource-tree.ts");
    const {monthly} = await import("./monthly.ts");
    process.stdout.write(
      values.json ? asJson(stacks) : `${report(stacks, performance.now())}\n${monthly(stacks)}`,
    );
    return undefined;
  },
});

/** What `pulumi up --policy-pack` would not make. */
async function refused(world: World, stacks: readonly Stack[]): Promise<readonly string[]> {
  const {refusals} = await import("../../infra/policy-pack/judgement.ts");
  return refusals(
    world,
    stacks.flatMap(({resources}) => resources),
  );
}

/** Refuses options that belong to the other of the two forms. */
function refuseStrays(values: Values): void {
  const [others, mend] =
    values.base === undefined
      ? [["format", "expect"] as const, "of a comparison; add --base REVISION"]
      : [
          ["file", "stack", "json"] as const,
          "a comparison is of all stacks of regions.yaml; --format json tells all of it",
        ];
  const strays = others.filter((name) => values[name] !== undefined);
  if (strays.length > 0) throw new UsageError(`--${strays.join(" and --")}: ${mend}`);
}

/** Resolves to the exit code. */
async function compareWith(
  base: string,
  values: Values,
  world: World,
): Promise<number | undefined> {
  const rules = parseRules(values.expect ?? []);
  const {formats, isBroken} = await import("../review/report.ts");
  const format = formats.get(values.format ?? "text");
  if (!format)
    throw new UsageError(`--format ${values.format}: write ${[...formats.keys()].join(", ")}`);
  const {readBase} = await import("../review/base.ts");
  const {reviewOf} = await import("../review/review.ts");
  const [before, stacks] = await Promise.all([readBase(base, console.error), exampleStacks(world)]);
  const judged = {base, rules, review: reviewOf(before, {world, stacks})};
  process.stdout.write(format(judged));
  return isBroken(judged) ? exitCodes.ruleBroken : undefined;
}

function requireStack(stack: string, known: readonly string[]): void {
  if (known.includes(stack)) return;
  throw new UsageError(
    `"${stack}" is not a stack; ${nearest(stack, known)} The stacks are ${known.join(", ")}. A region becomes one by an entry in regions.yaml.`,
  );
}
