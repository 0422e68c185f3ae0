import {execFileSync} from "node:child_process";
import {fileURLToPath} from "node:url";

/** What is told where pulumi could not be started. */
export const startFault = ({code, message}: NodeJS.ErrnoException): string =>
  code === "ENOENT"
    ? "pulumi is not on PATH; install it: https://www.pulumi.com/docs/iac/download-install/"
    : message;

/** The names in what `pulumi stack ls --json` prints. */
export const namesIn = (list: string): string[] =>
  (JSON.parse(list) as {name: string}[]).map(({name}) => name);

const root = fileURLToPath(new URL("../", import.meta.url));
/** A stack's state is a megabyte or two. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Runs pulumi in the project and returns its stdout; stderr is the user's, and stdin where no input is given. */
export function pulumi(args: readonly string[], input?: string): string {
  try {
    return execFileSync("pulumi", args, {
      cwd: root,
      encoding: "utf8",
      input,
      maxBuffer: MAX_BYTES,
      stdio: [input === undefined ? "inherit" : "pipe", "pipe", "inherit"],
    });
  } catch (cause) {
    const failed = `pulumi ${args.join(" ")} failed; see above`;
    const isStarted = (cause as NodeJS.ErrnoException).code === undefined;
    throw new Error(isStarted ? failed : startFault(cause as Error), {cause});
  }
}
