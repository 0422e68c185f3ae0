import {createInterface} from "node:readline";
import type {TestContext} from "node:test";
import {fileURLToPath} from "node:url";
import fc from "fast-check";
import {findHyperH2} from "../../setup/hyper-h2.js";
import {startProcess} from "../world/process.ts";
import {skipWithout} from "./programs.rig.ts";

/** For tours: hyper-h2, Python's own HTTP/2, which raises on what is illegal. https://github.com/python-hyper/h2 */

const python = findHyperH2();

export const skipHyper = skipWithout(python, "hyper-h2", "TOOLS=build node setup/main.js gets it");

/** What one side says of one stream. */
export interface Message {
  readonly fields: Readonly<Record<string, string>>;
  /** Lengths of the pieces of its content. */
  readonly pieces: readonly number[];
}

export interface OurMessage extends Message {
  /** Whether an answer of ours is reset, once all but its end has been said. */
  readonly cut: boolean;
}

/** What hyper-h2 says, with what it alone does. */
export interface HyperMessage extends Message {
  readonly interim: readonly string[];
  readonly trailers: Readonly<Record<string, string>>;
  readonly padding: number | null;
  /** The largest frame, of headers too. */
  readonly frame: number | null;
  /** Its headers go into no table. */
  readonly secret: boolean;
  readonly reset: "no" | "at once" | "in the middle";
}

/** What goes on at once, under settings that come before it, or in its middle. */
export interface Batch {
  readonly settings: Readonly<Record<number, number>>;
  readonly late: boolean;
  /** The size of its encoder's table, where it changes. */
  readonly table: number | null;
  readonly messages: readonly {readonly hyper: HyperMessage; readonly ours: OurMessage}[];
}

const name = fc.oneof(
  fc.constantFrom("x-a", "x-b", "x-c"),
  fc.stringMatching(/^x-[a-z0-9-]{0,20}[a-z0-9]$/),
);
const printable = fc.integer({min: 0x21, max: 0x7e}).map((code) => String.fromCharCode(code));
const value = fc.oneof(
  fc.constantFrom("", "the same"),
  fc.string({unit: printable}),
  fc.nat(3000).map((length) => "v".repeat(length)),
);
const fields = fc.dictionary(name, value, {maxKeys: 8, noNullPrototype: true});
const pieces = fc.array(fc.oneof(fc.nat(50), fc.nat(20_000)), {maxLength: 4});
const ours = fc.record({
  fields,
  pieces,
  cut: fc.constantFrom(false, false, false, true),
});
const hyper = fc.record({
  fields,
  pieces,
  interim: fc.array(fc.constantFrom("100", "103"), {maxLength: 2}),
  trailers: fc.oneof(fc.constant({}), fields),
  padding: fc.option(fc.nat(255)),
  frame: fc.option(fc.integer({min: 1, max: 300})),
  secret: fc.boolean(),
  reset: fc.constantFrom("no", "no", "no", "no", "at once", "in the middle"),
});

const HEADER_TABLE_SIZE = 1;
const INITIAL_WINDOW_SIZE = 4;
const MAX_FRAME_SIZE = 5;
const settings = fc.record({
  [HEADER_TABLE_SIZE]: fc.constantFrom(0, 40, 200, 4096, 65_536),
  [INITIAL_WINDOW_SIZE]: fc.constantFrom(1, 100, 65_535, 1 << 20),
  [MAX_FRAME_SIZE]: fc.constantFrom(16_384, 30_000, 1 << 20),
});
const batch = fc.record({
  settings,
  late: fc.boolean(),
  table: fc.option(fc.constantFrom(0, 100, 4096)),
  messages: fc.array(fc.record({hyper, ours}), {minLength: 1, maxLength: 5}),
});

/** What is said on one connection. */
export const talk: fc.Arbitrary<Batch[]> = fc
  .array(batch, {minLength: 1, maxLength: 4})
  .map((batches) => batches.map((batch) => fit(batch, smallestWindow(batches))));

const smallestWindow = (batches: readonly Batch[]) =>
  Math.min(...batches.map(({settings}) => settings[INITIAL_WINDOW_SIZE]!));

/** Through a window of one octet goes an octet a frame: as many as are soon sent. */
function fit({messages, ...batch}: Batch, window: number): Batch {
  const shorten = <Said extends Message>(said: Said): Said => ({
    ...said,
    pieces: said.pieces.map((length) => Math.min(length, 100 * window)),
  });
  const fitted = messages.map(({hyper, ours}) => ({hyper: shorten(hyper), ours: shorten(ours)}));
  return {...batch, messages: fitted};
}

/** What came to it on one stream. */
export interface CameToHyper {
  readonly fields: Readonly<Record<string, string>>;
  /** In hexadecimal. */
  readonly body: string;
  readonly ended: boolean;
  readonly code: number | null;
}

/** When it is, of a talk. */
export interface Turn {
  /** Begins a connection, to a server of ours at this port. */
  readonly opens: boolean;
  readonly port: number;
  /** Takes leave at the end of it. */
  readonly leaves: boolean;
}

export interface Hyper {
  /** Of a server. */
  readonly port: number;
  /** Resolves with what came to it, once all has. Rejects with what it raises. */
  exchange(batch: Batch, turn: Turn): Promise<readonly CameToHyper[]>;
}

export async function startHyper(t: TestContext, role: "client" | "server"): Promise<Hyper> {
  const script = fileURLToPath(new URL("hyper/main.py", import.meta.url));
  const {child, lines, stop} = startProcess({
    command: python!,
    args: [script, role, "127.0.0.1"],
    env: {...process.env, PYTHONDONTWRITEBYTECODE: "1"},
    cwd: ".",
    talks: true,
  });
  t.after(() => stop(0));
  const said = createInterface({input: child.stdout!})[Symbol.asyncIterator]();
  const next = async <Said>(): Promise<Said> => {
    const {value, done} = await said.next();
    if (done) throw new Error(`hyper-h2 ended: ${lines.join("\n")}`);
    return JSON.parse(value);
  };
  const {port} = role === "server" ? await next<{port: number}>() : {port: 0};
  return {
    port,
    async exchange({messages, ...batch}, turn) {
      const own = messages.map(({hyper}) => hyper);
      child.stdin!.write(`${JSON.stringify({...batch, ...turn, messages: own})}\n`);
      const {came, fault} = await next<{came: readonly CameToHyper[]; fault?: string}>();
      if (fault) throw new Error(fault);
      return came;
    },
  };
}
