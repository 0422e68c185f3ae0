import {type Given, type Options, parseArguments, UsageError} from "./arguments.ts";
import {exitCodes, failureOf} from "./failure.ts";
import {type Help, helpText, nameOf} from "./help.ts";

/** A program that people run by a script of package.json. */
export interface Command<O extends Options, Order = Given<O>> extends Help<O> {
  /** Whether there may be arguments that are not options. */
  readonly takesOperands?: boolean;
  /**
   * Makes of what was given what the command works by. It changes nothing, and throws a UsageError; its
   * faults are told together with those of the options' shape.
   */
  read?(given: Given<O>): Order;
  /** Does the work. Resolves to the exit code; where to none, the process ends when nothing is left to do. */
  run(order: Order, interrupts: Interrupts): Outcome | Promise<Outcome>;
}

type Outcome = number | undefined;

export interface Interrupts {
  /**
   * Takes over what Ctrl-C, SIGTERM and SIGHUP do; until then they end the process. `count` is how many
   * have come.
   */
  on(handle: (count: number, signal: NodeJS.Signals) => void): void;
}

/** Runs a command with the arguments of the process, tells what was wrong, and sets the exit code. */
export async function runCommand<const O extends Options, Order = Given<O>>(
  command: Command<O, Order>,
): Promise<void> {
  // A reader such as `head` goes away when it has seen enough.
  process.stdout.on("error", () => process.exit());
  const interrupts = catchInterrupts();
  try {
    const order = orderOf(command, process.argv.slice(2));
    if (order === undefined) return void process.stdout.write(helpText(command));
    const code = await command.run(order.order, interrupts);
    if (code !== undefined) endWith(code);
  } catch (error) {
    const {text, code} = failureOf(error, nameOf(command));
    console.error(text);
    endWith(code);
  }
}

/** What the arguments ask a command to do; undefined where they ask for its help. */
export function orderOf<O extends Options, Order>(
  command: Command<O, Order>,
  args: readonly string[],
): {readonly order: Order} | undefined {
  const {options, takesOperands = false, read} = command;
  const {wantsHelp, faults, ...given} = parseArguments(args, options, takesOperands);
  if (wantsHelp) return undefined;
  try {
    const order = read ? read(given) : (given as Order);
    if (faults.length === 0) return {order};
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(...faults, ...error.faults);
  }
  throw new UsageError(...faults);
}

function catchInterrupts(): Interrupts {
  let handle: Parameters<Interrupts["on"]>[0] = () => process.exit(exitCodes.interrupted);
  let count = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => handle(++count, name));
  return {
    on(own) {
      handle = own;
    },
  };
}

/** Ends the process, connections that nobody waits for included, once all that was printed is written. */
function endWith(code: number): void {
  process.exitCode = code;
  process.stdout.write("", () => process.exit(code));
}
