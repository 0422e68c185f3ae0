/** Tells what this machine has and lacks. It runs before anything is installed, and changes nothing. */
import {fileURLToPath} from "node:url";
import {report} from "./findings.js";
import {roomOf} from "./room.js";
import {toolsOf} from "./tools.js";

const HELP = `npm run doctor

Says what this machine has of what the commands need, what each absence costs, and what mends it. It
installs and changes nothing. Exit code 0: whatever is missing is no more than a loss; 1: nothing runs
until it is mended.

  --help  this text
`;

const [first] = process.argv.slice(2);
// A reader such as `head` goes away when it has seen enough.
process.stdout.on("error", () => process.exit());
if (process.argv.includes("--help") || process.argv.includes("-h")) process.stdout.write(HELP);
else if (first === undefined) await tell();
else {
  console.error(`${first} is not an option; use one of --help`);
  process.exitCode = 2;
}

async function tell() {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const findings = [...toolsOf(root), ...(await roomOf(root))];
  process.stdout.write(report(findings));
  if (findings.some(({how}) => how === "stops")) process.exitCode = 1;
}
