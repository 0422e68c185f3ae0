import {UsageError} from "./arguments.ts";

/** What a command ends with. 130 is what shells report of a program that Ctrl-C ended. */
export const exitCodes = {failed: 1, badUse: 2, ruleBroken: 2, interrupted: 130} as const;

/** What is told of an error that ended a command, and the exit code. */
export function failureOf(error: unknown, name: string): {text: string; code: number} {
  if (error instanceof UsageError) return {text: usageText(error, name), code: exitCodes.badUse};
  return {text: textOf(error), code: exitCodes.failed};
}

function usageText({faults, message}: UsageError, name: string): string {
  const list = faults.map((fault) => `  - ${fault}`).join("\n");
  const text = faults.length === 1 ? message : `${name} cannot begin:\n${list}`;
  return `${text}\n--help lists the options.`;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return unexpected(String(error));
  // `fetch` throws a TypeError whose cause says what happened.
  const system = [error, isOfLanguage(error) && error.cause].find(isOfSystem);
  if (system) return `${system.message || system.code}; ${mendOf(system)}`;
  // What the project itself throws says where, what and how to mend it.
  return isOfLanguage(error) ? unexpected(error.stack ?? error.message) : error.message;
}

const unexpected = (text: string) =>
  `${text}\nThis is a fault of Meridian, not of what it was given: please report it with the lines above.`;

/** Errors of these classes say that the code is wrong. */
const isOfLanguage = (error: Error): boolean =>
  [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError].some(
    (type) => error instanceof type,
  );

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
}

/** By its code, such as ENOENT; Node's own, such as ERR_INVALID_ARG_TYPE, are of the language. */
const isOfSystem = (error: unknown): error is SystemError =>
  error instanceof Error && "code" in error && /^E[A-Z\d]+$/.test(String(error.code));

function mendOf({code = "", address, port, path}: SystemError): string {
  switch (code) {
    case "EADDRINUSE":
      return `stop what listens at ${address}:${port} (ss -ltnup | grep ${port}), then start again`;
    case "ENOENT":
      return `see whether ${path ?? "it"} is written right, and is there`;
    case "EACCES":
    case "EPERM":
      return `let this user use ${path ?? (address && `${address}:${port}`) ?? "it"}`;
    case "ENOSPC":
      return "make room on the disk";
    default:
      return address === undefined
        ? "see what the system says of it"
        : `see whether ${address}:${port} can be reached from here`;
  }
}
