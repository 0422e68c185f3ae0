import {text} from "node:stream/consumers";
import {setTimeout as sleep} from "node:timers/promises";
import {readWorld} from "../../regions/read.ts";
import {readAll, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {type Invitation, logIn} from "./device-login.ts";
import {lastingOf, placeOf} from "./provider.ts";
import {type Keys, keysAt, type MadeKey} from "./service.ts";

await runCommand({
  usage: ["npm run --silent key -- [--service URL]", "npm run --silent key -- end [--service URL]"],
  about: `Makes a personal key, for editors and tools that know a key alone: it shows an address and a code to sign
in with in a browser, waits, and prints the key to stdout; all else goes to stderr.
What a key is, how long it is good for and how it is revoked: docs/tokens.md`,
  takesOperands: true,
  operands: {end: "ends the key that stdin holds"},
  options: {
    service: {
      type: "string",
      value: "URL",
      text: "where the service is; default: service.hostname of regions.yaml",
    },
  },
  read: ({values, operands}) =>
    readAll({ends: () => isEnd(operands), service: () => serviceOf(values.service)}),
  async run({ends, service = `https://${readWorld().service.hostname}`}) {
    await (ends ? end : make)(keysAt(service, waitAloud));
    return 0;
  },
});

async function make(keys: Keys): Promise<void> {
  const login = await keys.login();
  const tokens = await logIn(await placeOf(login), {invite, sleep, now: Date.now});
  console.error("Signed in. Making the key …");
  const made = await keys.make(lastingOf(login, tokens));
  console.error(`${describe(made)}\n`);
  console.log(made.key);
}

function waitAloud(ms: number): Promise<unknown> {
  console.error(`It cannot be made at this moment; asking again in ${Math.ceil(ms / 1000)} s.`);
  return sleep(ms);
}

async function end(keys: Keys): Promise<void> {
  if (process.stdin.isTTY) console.error("Paste the key, and press Enter and Ctrl-D.");
  const key = (await text(process.stdin)).trim();
  if (!/^meridian_[\x21-\x7e]+$/.test(key))
    throw new Error("What stdin holds is no personal key; those begin with meridian_.");
  const {id, user} = await keys.end(key);
  console.error(`The key ${id} of ${user} is ended: its provider takes back the sign-in it was made of.
Tokens that it got before are good until they end, as a rule for 20 minutes.`);
}

function isEnd([operand, ...more]: readonly string[]): boolean {
  if (operand === undefined) return false;
  if (operand === "end" && more.length === 0) return true;
  throw new UsageError(
    `"${[operand, ...more].join(" ")}" is nothing to do; leave it out, or write end`,
  );
}

/** Undefined where none was given. */
function serviceOf(given: string | undefined): string | undefined {
  const url = URL.parse(given ?? "https://example.com");
  const isPrivate = url?.protocol === "https:" || url?.hostname === "127.0.0.1";
  if (isPrivate && url?.pathname === "/") return given;
  throw new UsageError(
    `--service ${given} is no service; write it like https://completions.example.com`,
  );
}

function invite({url, code, endsMs}: Invitation): void {
  const until = new Date(endsMs).toLocaleTimeString();
  console.error(`Open ${url} in a browser, and enter the code ${code}
Waiting until ${until}; Ctrl-C ends it.`);
}

function describe({id, user, expires_at}: MadeKey): string {
  return `A key of ${user}, good until ${new Date(expires_at * 1000).toISOString().slice(0, 10)}. Its id, by which it is revoked: ${id}
It is shown this once. Keep it where passwords are kept; send it as Authorization: Bearer, x-api-key or api-key.`;
}
