import {CLOSE_OBJECT, END, OPEN_OBJECT} from "./bytes.ts";
import {nameAt} from "./names.ts";
import {Scanner} from "./scanner.ts";

/** A member of a JSON object, as it stands in its text. */
export interface Member {
  readonly name: string;
  /** Among the members. */
  readonly place: number;
  /** The first byte of its name, which is a quote. */
  readonly from: number;
  /** Where the value is: its first byte, and the one after its last. */
  readonly start: number;
  readonly end: number;
  /** How many values it is made of. */
  readonly values: number;
  /** The value, once it has been asked for. */
  read: unknown;
}

/** OpenAI knows some forty parameters. */
export const MAX_MEMBERS = 256;

/**
 * The members of the JSON object that `bytes` hold, in order; of a name that is there twice, each. Checks the whole text
 * in one pass, without making its values: most are sent on as they are. Throws JsonFault, also for what is over
 * MAX_DEPTH, MAX_MEMBERS or MAX_VALUES.
 */
export function membersOf(bytes: Buffer): Member[] {
  const scanner = new Scanner(bytes);
  const members: Member[] = [];
  const start = scanner.blank(0);
  if (scanner.byteAt(start) !== OPEN_OBJECT) throw scanner.fault(start, "begins no object");
  let at = scanner.opening(start, 1);
  if (scanner.byteAt(at) === CLOSE_OBJECT) at++;
  while (bytes[at - 1] !== CLOSE_OBJECT) at = take(bytes, scanner, members, at);
  at = scanner.blank(at);
  if (scanner.byteAt(at) !== END) throw scanner.fault(at, "goes on after its object");
  return members;
}

/** Takes the member that begins at `at`, or after blanks; returns where the next one does, or the object ends. */
function take(bytes: Buffer, scanner: Scanner, members: Member[], at: number): number {
  const from = scanner.blank(at);
  const before = scanner.values;
  const start = scanner.name(from);
  const name = nameOf(bytes, scanner, from);
  const end = scanner.value(start, 1);
  const values = scanner.values - before;
  const member = {name, place: members.length, from, start, end, values, read: undefined};
  if (members.push(member) > MAX_MEMBERS)
    throw scanner.fault(end, `has more than ${MAX_MEMBERS} parameters`);
  return scanner.after(end, CLOSE_OBJECT);
}

/** Most names need not be parsed to be known. */
function nameOf(bytes: Buffer, {isPlain, nameEnd}: Scanner, from: number): string {
  if (isPlain) return nameAt(bytes, from + 1, nameEnd);
  return JSON.parse(bytes.toString("utf8", from, nameEnd + 1));
}
