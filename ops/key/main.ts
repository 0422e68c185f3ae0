import {setTimeout as sleep} from "node:timers/promises";
import {readWorld} from "../../regions/read.ts";
import {UsageError} from "../command/arguments.ts";
import {runCommand} from "../command/command.ts";
import {type Invitation, logIn} from "./device-login.ts";
import {lastingOf, placeOf} from "./provider.ts";
import {keysAt, type MadeKey} from "./service.ts";

await runCommand({
  usage: ["npm run --silent key -- [--service URL]"],
  about: `Makes a personal key, for editors and tools that know a key alone: it shows an address and a code to sign
in with in a browser, waits, and prints the key to stdout; all else goes to stderr.
What a key is, how long it is good for and how it is revoked: docs/tokens.md`,
  options: {
    service: {
      type: "string",
      value: "URL",
      text: "where the service is; default: service.hostname of regions.yaml",
    },
  },
  read: ({values}) => ({service: serviceOf(values.service)}),
  async run({service = `https://${readWorld().service.hostname}`}) {
    const keys = keysAt(service);
    const login = await keys.login();
    const tokens = await logIn(await placeOf(login), {invite, sleep, now: Date.now});
    console.error("Signed in. Making the key …");
    const made = await keys.make(lastingOf(login, tokens));
    console.error(`${describe(made)}\n`);
    console.log(made.key);
    return 0;
  },
});

/** Undefined where none was given. */
function serviceOf(text: string | undefined): string | undefined {
  const url = URL.parse(text ?? "https://example.com");
  const isPrivate = url?.protocol === "https:" || url?.hostname === "127.0.0.1";
  if (isPrivate && url?.pathname === "/") return text;
  throw new UsageError(
    `--service ${text} is no service; write it like https://completions.example.com`,
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
