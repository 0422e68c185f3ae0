import {setTimeout as sleep} from "node:timers/promises";
import {askAgain} from "../ask-again.ts";
import {type Given, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {askIdToken, renewalMs, type Source, writeIdToken} from "./id-token.ts";

const options = {
  once: {type: "boolean", text: "writes one, and ends; fails if GitHub gives none"},
} as const;

/** After this GitHub is asked again, whatever it said: nothing else may end the file's being fresh. */
const RETRY_MS = 5000;

await runCommand({
  usage: ["npm run id-token -- [--once] FILE"],
  about: `Keeps GitHub's own token of a job fresh in a file, until it is stopped. Azure's libraries read the file
that AZURE_FEDERATED_TOKEN_FILE names whenever they sign in anew; a token lives for minutes, a rollout for hours.`,
  options,
  takesOperands: true,
  notes: `It reads ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN, which GitHub gives each step of a
job that has the permission id-token: write.`,
  read,
  async run({file, once, source}) {
    if (once) return void (await renew(file, source));
    for (;;) await sleep(await renewOrTell(file, source));
  },
});

interface Order {
  readonly file: string;
  readonly once: boolean;
  readonly source: Source;
}

function read({values, operands}: Given<typeof options>): Order {
  const {ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token} = process.env;
  const [file, ...others] = operands;
  const faults = [
    file === undefined || others.length > 0 ? "name the one file to write" : "",
    url && token
      ? ""
      : "GitHub gives this job no tokens; in the workflow: permissions: {id-token: write}",
  ].filter(Boolean);
  if (!file || !url || !token || faults.length > 0) throw new UsageError(...faults);
  return {file, once: values.once ?? false, source: {url, token}};
}

/** Writes a fresh token; resolves to how long it may be left. */
async function renew(file: string, source: Source): Promise<number> {
  const token = await askAgain(() => askIdToken(source), {tooLate: (error) => error});
  writeIdToken(file, token);
  return renewalMs(token, Date.now());
}

async function renewOrTell(file: string, source: Source): Promise<number> {
  try {
    return await renew(file, source);
  } catch (error) {
    console.error((error as Error).message);
    return RETRY_MS;
  }
}
