import {basename} from "node:path";
import {type Given, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {textIn} from "../command/files.ts";
import {createGithub, MAX_CHARACTERS} from "./github.ts";
import {fitted, folded} from "./markdown.ts";

const options = {
  pull: {type: "string", value: "NUMBER", text: "of the pull request"},
  issue: {type: "string", value: "TITLE", text: "of the issue"},
  news: {
    type: "string",
    value: "TEXT",
    text: "of an issue: a comment on it too, once, as GitHub tells people of comments alone",
  },
  close: {
    type: "boolean",
    text: "of an issue: closes it where it is open, as there is nothing to tell",
  },
  author: {
    type: "string",
    value: "NAME",
    default: "github-actions[bot]",
    text: "who writes (default github-actions[bot], which the token of a workflow is)",
  },
} as const;

/** Meridian's comments begin with it; GitHub does not show it. */
const MARKER = "<!-- meridian: what this pull request does -->";

await runCommand({
  usage: [
    "npm run post -- --pull NUMBER FILE...",
    "npm run post -- --issue TITLE [--news TEXT] FILE...",
    "npm run post -- --issue TITLE --close",
  ],
  about: `Tells results on GitHub: in the one comment that Meridian has on a pull request, or in the one open issue
of a title. What is there is written anew. Files that end in .md are taken as they stand, others are
folded under their name. What is too long is cut, with a link to the run's artifacts.`,
  options,
  takesOperands: true,
  notes: `It reads GITHUB_TOKEN, GITHUB_REPOSITORY (owner/name) and, where they are set, GITHUB_API_URL,
GITHUB_SERVER_URL and GITHUB_RUN_ID.`,
  read(given) {
    const faults = faultsOf(given);
    if (faults.length > 0) throw new UsageError(...faults);
    return given;
  },
  async run({values: {pull, issue, news, close, author}, operands}) {
    const {GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL} = process.env;
    const github = createGithub({
      api: GITHUB_API_URL || "https://api.github.com",
      repository: GITHUB_REPOSITORY!,
      token: GITHUB_TOKEN!,
      author,
    });
    const write = () => {
      const body = bodyOf(operands);
      if (issue === undefined) return github.writeComment(Number(pull), MARKER, body);
      return github.writeIssue(issue, body, news);
    };
    const at = close ? await github.closeIssue(issue!) : await write();
    console.log(at ?? "no such issue is open");
  },
});

function faultsOf({values, operands}: Given<typeof options>): string[] {
  const {pull, issue, news, close} = values;
  const missing = ["GITHUB_TOKEN", "GITHUB_REPOSITORY"].filter((name) => !process.env[name]);
  return [
    (pull === undefined) === (issue === undefined) ? "give --pull or --issue, one of them" : "",
    pull !== undefined && !/^[1-9]\d*$/.test(pull) ? `--pull ${pull}: give its number` : "",
    !close && operands.length === 0 ? "name a file to tell" : "",
    close && operands.length > 0 ? "--close: takes no file; leave it out" : "",
    close && news !== undefined ? "--close and --news: give one of them" : "",
    issue === undefined && close ? "--close: of an issue; add --issue TITLE" : "",
    issue === undefined && news !== undefined ? "--news: of an issue; add --issue TITLE" : "",
    ...missing.map((name) => `${name} is not set; in a workflow: env: {${name}: ...}`),
  ].filter(Boolean);
}

function bodyOf(files: readonly string[]): string {
  const parts = files.map((file) => {
    const text = textIn("post", file).trimEnd();
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
