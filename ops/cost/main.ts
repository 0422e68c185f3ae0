import {fileURLToPath} from "node:url";
import {cloudWarnings} from "../../regions/clouds/cloud-warnings.ts";
import {readWorld} from "../../regions/read.ts";
import {oneOf, readAll} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {exampleStacks} from "../preview/example-stacks.ts";
import {readLoad} from "../scale/load.ts";
import {billOf} from "./bill.ts";
import {report} from "./report.ts";
import {usualUse} from "./usage.ts";
import {readUse, useOptions} from "./use-options.ts";

const load = readLoad(fileURLToPath(new URL("../scale/load.yaml", import.meta.url)));

await runCommand({
  usage: ["npm run cost -- [--people N] [--requests N] [...] [--file FILE] [--format F]"],
  about: `What each stack costs a month, by list prices of where it is: before anyone uses it, and what people make of logs,
metrics, answers and tokens. What is assumed of them is printed.`,
  options: {
    ...useOptions,
    file: {
      type: "string",
      value: "FILE",
      text: "reads this one instead of regions.yaml, such as examples/small.yaml",
    },
    model: {
      type: "string",
      value: "NAME",
      text: "the model that they ask for; as ops/scale/load.yaml has it if left out",
    },
    format: {type: "string", value: "F", default: "text", text: "text (default) or json"},
  },
  read: ({values}) => ({
    file: values.file,
    model: values.model,
    ...readAll({
      said: () => readUse(values),
      format: () => oneOf("--format", values.format, ["text", "json"]),
    }),
  }),
  async run({file, model, said, format}) {
    const world = readWorld(file);
    if (model !== undefined) oneOf("--model", model, Object.keys(world.models));
    for (const warning of cloudWarnings(world)) console.error(`warning: ${warning}`);
    const use = {...usualUse(world, 50, load), ...said, ...(model !== undefined && {model})};
    const bill = billOf(world, await exampleStacks(world), use, load);
    process.stdout.write(format === "json" ? `${JSON.stringify(bill, null, 2)}\n` : report(bill));
  },
});
