import {fileURLToPath} from "node:url";
import {cloudWarnings} from "../../regions/clouds/cloud-warnings.ts";
import {readWorld} from "../../regions/read.ts";
import {oneOf, readAll, wholeNumber} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {exampleStacks} from "../preview/example-stacks.ts";
import {readLoad} from "../scale/load.ts";
import {costsOf} from "./cost.ts";
import {report} from "./report.ts";
import {usageOf} from "./usage.ts";

const load = readLoad(fileURLToPath(new URL("../scale/load.yaml", import.meta.url)));

await runCommand({
  usage: ["npm run cost -- [--people N] [--file FILE] [--format F]"],
  about: `What each stack costs a month, by list prices of where it is: before anyone uses it, and what so many people make
of logs, metrics and answers. Models are paid for by tokens, which come on top.`,
  options: {
    people: {type: "string", value: "N", default: "50", text: "who use it; 50 if left out"},
    file: {
      type: "string",
      value: "FILE",
      text: "reads this one instead of regions.yaml, such as examples/small.yaml",
    },
    format: {type: "string", value: "F", default: "text", text: "text (default) or json"},
  },
  read: ({values}) => ({
    file: values.file,
    ...readAll({
      people: () => wholeNumber("--people", values.people, 1, 10_000_000),
      format: () => oneOf("--format", values.format, ["text", "json"]),
    }),
  }),
  async run({file, people, format}) {
    const world = readWorld(file);
    for (const warning of cloudWarnings(world)) console.error(`warning: ${warning}`);
    const usage = usageOf(world, people, load);
    const costs = costsOf(world, await exampleStacks(world), usage);
    const told = {people, load, usage, costs};
    process.stdout.write(
      format === "json" ? `${JSON.stringify({people, usage, costs}, null, 2)}\n` : report(told),
    );
  },
});
