import {readFileSync} from "node:fs";
import {basename} from "node:path";
import {parseArgs} from "node:util";
import {createGithub, MAX_CHARACTERS} from "./github.ts";
import {fitted, folded} from "./markdown.ts";

const help = `npm run post -- --pull NUMBER FILE...
npm run post -- --issue TITLE FILE...

Tells results on GitHub: in the one comment that Meridian has on a pull request, or in the one open issue
of a title. What is there is written anew. Files that end in .md are taken as they stand, others are
folded under their name. What is too long is cut, with a link to the run's artifacts.

  --pull NUMBER  of the pull request
  --issue TITLE  of the issue
  --author NAME  who writes (default github-actions[bot], which the token of a workflow is)
  --help         this text

It reads GITHUB_TOKEN, GITHUB_REPOSITORY (owner/name) and, where they are set, GITHUB_API_URL,
GITHUB_SERVER_URL and GITHUB_RUN_ID.
`;

const options = {
  pull: {type: "string"},
  issue: {type: "string"},
  author: {type: "string", default: "github-actions[bot]"},
  help: {type: "boolean", short: "h"},
} as const;

type Values = ReturnType<typeof parseArgs<{options: typeof options}>>["values"];

/** Comments of Meridian begin with it; nobody sees it. */
const MARKER = "<!-- meridian: what this pull request does -->";

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(args: string[]): Promise<void> {
  const {values, positionals} = parseArgs({args, options, allowPositionals: true});
  if (values.help) return void process.stdout.write(help);
  const faults = faultsOf(values, positionals);
  if (faults.length > 0) throw new Error(`${faults.join("\n")}\n\n${help}`);
  const {GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL} = process.env;
  const github = createGithub({
    api: GITHUB_API_URL || "https://api.github.com",
    repository: GITHUB_REPOSITORY!,
    token: GITHUB_TOKEN!,
    author: values.author,
  });
  const body = bodyOf(positionals);
  const address =
    values.issue === undefined
      ? await github.writeComment(Number(values.pull), MARKER, body)
      : await github.writeIssue(values.issue, body);
  console.log(address);
}

function faultsOf({pull, issue}: Values, files: readonly string[]): string[] {
  const missing = ["GITHUB_TOKEN", "GITHUB_REPOSITORY"].filter((name) => !process.env[name]);
  return [
    (pull === undefined) === (issue === undefined) ? "give --pull or --issue, one of them" : "",
    pull !== undefined && !/^[1-9]\d*$/.test(pull) ? `--pull ${pull}: give its number` : "",
    issue === "" ? "--issue: give its title" : "",
    files.length === 0 ? "name a file to tell" : "",
    ...missing.map((name) => `${name} is not set; in a workflow: env: {${name}: ...}`),
  ].filter(Boolean);
}

function bodyOf(files: readonly string[]): string {
  const parts = files.map((file) => {
    const text = readFileSync(file, "utf8").trimEnd();
    return file.endsWith(".md") ? text : folded(basename(file), text);
  });
  return fitted(parts.join("\n\n"), MAX_CHARACTERS - MARKER.length - 1, restAt());
}

function restAt(): string {
  const {
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: run,
  } = process.env;
  const where =
    server && run
      ? `[artifacts of the run](${server}/${repository}/actions/runs/${run})`
      : "run's artifacts";
  return `Cut here: GitHub takes no more. The whole is in the ${where}.`;
}
