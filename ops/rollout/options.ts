import {parseArgs} from "node:util";
import {nearest} from "../../regions/meaning.ts";

export const FOLDER = ".meridian/rollout";
/** Of the environment. */
export const CREDENTIAL = "MERIDIAN_CREDENTIAL_FILE";

export const help = `npm run rollout -- [options]

Brings the stacks up in waves, each judged before the next: global, a canary region, then regions that do
not take each other's users over, then fallback and dns. A wave that misses the objective goes back to
the image and the policy that it ran before, and the rollout stops. Ctrl-C stops it; --resume goes on.

  --dry-run               prints the waves, and changes nothing
  --regions A,B           these regions' stacks alone; global, fallback and dns stay as they are
  --canary NAME           the region that goes first (default: the one with the fewest users)
  --to IMAGE              an image that was built before, by its tag (default: what global builds)
  --soak TIME             how long each wave is watched (default: 2m and the objective's window)
  --credential-file FILE  holds a client's credential, as an editor has it, for the completions that a wave
                          is judged by (default: the file that ${CREDENTIAL} names)
  --journal FOLDER        where journal, lock and logs are (default: ${FOLDER})
  --resume                goes on with the rollout that was interrupted
  --anew                  begins another, though the last was interrupted
  --help                  this text

Exits with 0 when all is done, 1 when something failed, 130 when it was interrupted.
`;

const options = {
  "dry-run": {type: "boolean"},
  regions: {type: "string"},
  canary: {type: "string"},
  to: {type: "string"},
  soak: {type: "string"},
  "credential-file": {type: "string"},
  journal: {type: "string"},
  resume: {type: "boolean"},
  anew: {type: "boolean"},
  help: {type: "boolean", short: "h"},
} as const;

const names = Object.keys(options).map((name) => `--${name}`);

export type Name = keyof typeof options;
export type Values = {readonly [K in Name]?: string | boolean | undefined};

export const wantsHelp = (args: readonly string[]) =>
  args.some((arg) => arg === "--help" || arg === "-h");

/** What was given, and what is not an option or has not what one wants. */
export function parsed(args: readonly string[]): {values: Values; faults: string[]} {
  const {values, tokens} = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return {values, faults: tokens.flatMap(shapeFault)};
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

function shapeFault(token: Token): string[] {
  if (token.kind === "positional")
    return [`"${token.value}" is not an option; each begins with --`];
  if (token.kind !== "option") return [];
  const {name, rawName, value} = token;
  if (!Object.hasOwn(options, name))
    return [`${rawName} is not an option; ${nearest(rawName, names)}`];
  const {type} = options[name as Name];
  if (type === "boolean" && value !== undefined) return [`${rawName} takes no value`];
  if (type === "string" && !value) return [`${rawName} wants a value; write it behind it`];
  return [];
}
