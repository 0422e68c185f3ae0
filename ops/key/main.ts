import {text} from "node:stream/consumers";
import {setTimeout as sleep} from "node:timers/promises";
import {dayAt} from "../../regions/day.ts";
import {readWorld} from "../../regions/read.ts";
import {readAll, UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {type Invitation, logIn} from "./device-login.ts";
import {createKeyList, keyListFile, type ListedKey} from "./key-list.ts";
import {listing} from "./listing.ts";
import {lastingOf, placeOf} from "./provider.ts";
import {keysAt, type MadeKey} from "./service.ts";

const keyList = createKeyList(keyListFile());

await runCommand({
  usage: [
    "npm run --silent key -- [--service URL]",
    "npm run --silent key -- end [--service URL]",
    "npm run --silent key -- list [--service URL]",
  ],
  about: `Makes a personal key, for editors and tools that know a key alone: it shows an address and a code to sign
in with in a browser, waits, and prints the key to stdout; all else goes to stderr.
What a key is, how long it is good for and how it is revoked: docs/tokens.md`,
  takesOperands: true,
  operands: {
    end: "ends the key that stdin holds",
    list: "prints which keys were made on this machine; it needs neither them nor the service",
  },
  options: {
    service: {
      type: "string",
      value: "URL",
      text: "where the service is; default: service.hostname of regions.yaml, or for list all",
    },
  },
  read: ({values, operands}) =>
    readAll({action: () => actionOf(operands), service: () => serviceOf(values.service)}),
  async run({action, service}) {
    if (action === "list") list(service);
    else await (action === "end" ? end : make)(service ?? ofWorld());
    return 0;
  },
});

function ofWorld(): string {
  return `https://${readWorld().service.hostname}`;
}

async function make(service: string): Promise<void> {
  const keys = keysAt(service, waitAloud);
  const login = await keys.login();
  const tokens = await logIn(await placeOf(login), {invite, sleep, now: Date.now});
  console.error("Signed in. Making the key …");
  const made = await keys.make(lastingOf(login, tokens));
  console.error(`${describe(made)}\n`);
  console.log(made.key);
  await noted(keyList.add(listedOf(made, service)));
}

/** A key is made or ended, whatever becomes of the list. */
async function noted(change: Promise<void>): Promise<void> {
  await change.catch(({message}) => console.error(`The list of keys does not say so: ${message}`));
}

function listedOf({id, user, expires_at}: MadeKey, service: string): ListedKey {
  const [made, goodUntil] = [new Date(), new Date(expires_at * 1000)].map((at) => at.toISOString());
  return {id, service: originOf(service), user, made: made!, goodUntil: goodUntil!};
}

function originOf(service: string): string {
  return new URL(service).origin;
}

function list(service: string | undefined): void {
  const keys = keyList.read().filter((key) => !service || key.service === originOf(service));
  console.error(`These were made on this machine by npm run key. Keys that were made elsewhere are not here, nor is it
known here what was ended or revoked elsewhere. A platform engineer revokes a key by its id: docs/tokens.md`);
  for (const line of listing(keys, Date.now())) console.log(line);
}

function waitAloud(ms: number): Promise<unknown> {
  console.error(`It cannot be made at this moment; asking again in ${Math.ceil(ms / 1000)} s.`);
  return sleep(ms);
}

async function end(service: string): Promise<void> {
  if (process.stdin.isTTY) console.error("Paste the key, and press Enter and Ctrl-D.");
  const key = (await text(process.stdin)).trim();
  if (!/^meridian_[\x21-\x7e]+$/.test(key))
    throw new Error("What stdin holds is no personal key; those begin with meridian_.");
  const {id, user} = await keysAt(service).end(key);
  console.error(`The key ${id} of ${user} is ended: its provider takes back the sign-in it was made of.
Tokens that it got before are good until they end, as a rule for 20 minutes.`);
  await noted(keyList.end(id, new Date().toISOString()));
}

type Action = "make" | "end" | "list";

function actionOf(operands: readonly string[]): Action {
  const [operand, ...more] = operands;
  if (operand === undefined) return "make";
  if ((operand === "end" || operand === "list") && more.length === 0) return operand;
  throw new UsageError(
    `"${operands.join(" ")}" is nothing to do; leave it out, or write end or list`,
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
  return `A key of ${user}, good until ${dayAt(expires_at * 1000)}. Its id, by which it is revoked: ${id}
It is shown this once. Keep it where passwords are kept; send it as Authorization: Bearer, x-api-key or api-key.`;
}
