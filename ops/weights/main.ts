import {existsSync} from "node:fs";
import {join} from "node:path";
import {type ModelTemplate, modelTemplate} from "../../proxy/policy.ts";
import {type Given, oneOf, readAll, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {requireWritable, textIn, writeText} from "../command/files.ts";
import {folderFaults} from "./faults.ts";
import {filesIn, MANIFEST, type WeightFile} from "./folder.ts";
import {
  differences,
  type Manifest,
  manifestHash,
  manifestOf,
  manifestText,
  readManifest,
} from "./manifest.ts";
import {report} from "./report.ts";
import {fittingTemplates, tokensIn, unknownSigns} from "./templates.ts";

const options = {
  template: {
    type: "string",
    value: "NAME",
    text: "how the model fills in; default: the one whose signs its tokenizer knows",
  },
  container: {
    type: "string",
    value: "NAME",
    default: "weights",
    text: "where in the storage account it will be; default: weights",
  },
  path: {
    type: "string",
    value: "PATH",
    text: "the folder there; default: this one's name, and the beginning of the hash",
  },
  check: {
    type: "boolean",
    text: "writes nothing: whether the folder is what its manifest.json says, exit 1 if not",
  },
} as const;

await runCommand({
  usage: ["npm run weights -- FOLDER [--template NAME] [--container NAME] [--path PATH] [--check]"],
  about: `Makes a folder of weights ready for GPUs of your own: refuses what servers cannot stream or should not be given,
such as pickles and files that are not whole, looks whether its tokenizer knows the template's signs, writes manifest.json
with the hash of every file, and prints the lines for regions.yaml and the commands that upload it. It asks nobody.
What comes before and after: docs/gpus.md`,
  options,
  takesOperands: true,
  read,
  async run(order) {
    const files = filesIn(order.folder);
    const faults = folderFaults(order.folder, files);
    if (faults.length > 0) throw new Error(listed(`${order.folder} cannot be served:`, faults));
    return order.check ? check(order, files) : write(order, files);
  },
});

type Order = ReturnType<typeof read>;

function read({values: {template, container, path, check}, operands}: Given<typeof options>) {
  return readAll({
    folder: () => folderOf(operands),
    template: () =>
      template === undefined ? undefined : oneOf("--template", template, modelTemplate.options),
    container: () => fitting("--container", container, /^[a-z0-9](-?[a-z0-9]){2,62}$/),
    path: () => (path === undefined ? undefined : fitting("--path", path, /^[\w.-]+(\/[\w.-]+)*$/)),
    check: () => check ?? false,
  });
}

function folderOf([folder, ...others]: readonly string[]): string {
  if (folder === undefined)
    throw new UsageError("no folder was given; name the one with the weights");
  if (others.length > 0) throw new UsageError("there is one folder at a time; name one");
  return folder;
}

function fitting(option: string, text: string, shape: RegExp): string {
  if (shape.test(text)) return text;
  throw new UsageError(`${option} ${text}: write it as regions.yaml has it: docs/gpus.md`);
}

async function write(order: Order, files: readonly WeightFile[]): Promise<undefined> {
  const {folder, container, path} = order;
  const file = join(folder, MANIFEST);
  const template = templateOf(order, files);
  requireWritable("FOLDER", file);
  const text = manifestText(await hashed(folder, files));
  writeText("FOLDER", file, text);
  const hash = manifestHash(text);
  process.stdout.write(report({folder, files, hash, container, path, template}));
}

async function check({folder}: Order, files: readonly WeightFile[]): Promise<number> {
  const file = join(folder, MANIFEST);
  if (!existsSync(file)) throw new UsageError(`${file} is not there; run it without --check`);
  const text = textIn("--check", file);
  const said = readManifest(text);
  if (said === undefined) throw new Error(`${file} is no manifest; run it without --check`);
  const found = differences(said, await hashed(folder, files));
  if (found.length > 0) throw new Error(listed(`${folder} is not what ${MANIFEST} says:`, found));
  console.log(`${folder} is what ${MANIFEST} says. ${manifestHash(text)}`);
  return 0;
}

/** The template that is asked for, or that fits best; undefined for a model that does not fill in. Throws where it does not fit. */
function templateOf(
  {folder, template}: Order,
  files: readonly WeightFile[],
): ModelTemplate | undefined {
  const tokens = tokensIn(
    folder,
    files.map(({name}) => name),
  );
  if (tokens === undefined) {
    console.error("warning: the tokenizer is not written in JSON, so the template is not checked");
    return template;
  }
  const fit = fittingTemplates(tokens);
  if (template === undefined) {
    if (fit.length === 0)
      console.error("warning: its tokenizer knows the signs of no template, so it can only chat");
    return fit[0];
  }
  const unknown = unknownSigns(template, tokens);
  if (unknown.length === 0) return template;
  const mend = fit.length > 0 ? `use one of ${fit.join(", ")}` : "choose a model that fills in";
  throw new Error(
    `--template ${template}: its tokenizer does not know ${unknown.join(", ")}; ${mend}`,
  );
}

/** Told in twentieths, where it takes longer than a moment. */
function hashed(folder: string, files: readonly WeightFile[]): Promise<Manifest> {
  const total = files.reduce((sum, {size}) => sum + size, 0);
  let done = 0;
  let told = 0;
  return manifestOf(folder, files, (bytes) => {
    done += bytes;
    const percent = Math.floor((20 * done) / total) * 5;
    if (total < 1e9 || percent === told) return;
    told = percent;
    console.error(`hashed ${percent} % of ${(total / 1e9).toFixed(1)} GB`);
  });
}

function listed(head: string, lines: readonly string[]): string {
  return [head, ...lines.map((line) => `  - ${line}`)].join("\n");
}
