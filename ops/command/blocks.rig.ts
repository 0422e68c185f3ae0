import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {join} from "node:path";

/** For tests: the commands that pages give their readers. */
export interface Block {
  readonly page: string;
  /** The heading that they stand under. */
  readonly under: string;
  readonly commands: string;
}

export const root = join(import.meta.dirname, "../..");

export const pages: readonly string[] = execFileSync(
  "git",
  ["ls-files", "-co", "--exclude-standard", "*.md"],
  {cwd: root, encoding: "utf8"},
)
  .split("\n")
  .filter((page) => page !== "");

/** What stands between fences of a shell, or without a language, in order, without its indentation. */
export function blocksOf(page: string): Block[] {
  const markdown = readFileSync(join(root, page), "utf8");
  return markdown.split(/^##+ /m).flatMap((section) => {
    const [under = ""] = section.split("\n");
    const fences = [...section.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)];
    return fences
      .filter(([, , language]) => language === "" || language === "sh")
      .map(([, indent = "", , body = ""]) => body.replaceAll(new RegExp(`^${indent}`, "gm"), ""))
      .flatMap((body) => apart(body.trim()).map((commands) => ({page, under, commands})));
  });
}

/** The options that pages name for a command of npm: where it is written, and in spans of its own, `-- --option`. */
export function optionsNamed(name: string): string[] {
  const typed = new RegExp(`^npm (run (--silent )?)?${name}(?![\\w-])`);
  const lines = pages.flatMap((page) => readFileSync(join(root, page), "utf8").split("\n"));
  const said = lines
    .flatMap((line) => line.split(/(?=\bnpm (?:run|start)\b)/))
    .filter((text) => typed.test(text))
    .flatMap((text) => [text.split(/[`#]/)[0]!, ...(text.match(/`-- [^`]*`/g) ?? [])]);
  const options = said.flatMap((text) => text.match(/(?<= )--[a-z][\w-]+/g) ?? []);
  return [...new Set(options)].filter((option) => option !== "--silent").toSorted();
}

/** Commands of this project stand each by itself; a line of anything else may need the one before it. */
function apart(body: string): string[] {
  const lines = body.split("\n");
  return lines.every((line) => /^npm (run|start|test)\b[^&]*$/.test(line)) ? lines : [body];
}

/** By what is in it, why a block cannot run here. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/(^|[\s$(])az [a-z]/m, "it asks Azure by its CLI"],
  [/^pulumi login /m, "it asks Azure"],
  [/^npm run preflight(?!.*--offline)/m, "it asks Azure"],
  [/> global\.events/m, "it records what Azure does"],
  [/^npm ci/m, "it fetches packages"],
  [/^git clone /m, "it asks GitHub"],
  [/^curl .*https:\/\/completions\.example\.com/m, "it asks a service that is deployed"],
  [/\bkubectl /m, "it asks a cluster"],
  [/\bdocker /m, "it asks for an image that is deployed"],
  [/^npm run --silent key$/m, "it waits for a sign-in in a browser"],
  [/^npm run preflight -- --ends --offline/m, "how it ends depends on the day"],
  [/^npm run drill -- record /m, "it records somebody's typing"],
  [/^npm run weights -- /m, "it reads weights of the reader's own"],
  [/^npm run .*my-day\.yaml/m, "it reads a file of the reader's own"],
  [/--policy-pack \.\.\/company/m, "it reads a policy pack of the reader's own"],
];

/** What other tests run, or what is like it: by what is in it, the test. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm run drill -- /m, "local/drills/losses.tour.ts"],
  [/^npm run rollout -- /m, "local/world/rollout.tour.ts"],
  [/--policy-pack infra\/policy-pack/m, "cloud/engine/policy-pack.tour.ts"],
  [/^npm run preview -- --base origin\/main$/m, "ops/review/review.tour.ts"],
];

const first = (table: readonly (readonly [RegExp, string])[], {commands}: Block) =>
  table.find(([pattern]) => pattern.test(commands))?.[1];

export const reasonOf = (block: Block): string | undefined => first(reasons, block);

/** The test that runs it, where that is none of those that follow pages. */
export const otherTestOf = (block: Block): string | undefined => first(elsewhere, block);

/** Says that a block is not run, and why; undefined where it is. */
export function whyNot(block: Block): string | undefined {
  const other = otherTestOf(block);
  return reasonOf(block) ?? (other && `${other} does`);
}

export const nameOf = ({page, under, commands}: Block): string =>
  `${page}: ${under}: ${commands.split("\n")[0]}`;
