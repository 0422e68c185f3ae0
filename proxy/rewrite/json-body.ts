import type {Member} from "./members.ts";
import {joined, type Part, type Run} from "./parts.ts";

/** A value, and its text, which is made once. */
export interface Constant {
  readonly value: unknown;
  readonly text: string;
}

export const constantOf = (value: unknown): Constant => ({value, text: JSON.stringify(value)});

/** A number as it was written, where JavaScript would write another. */
interface RawNumber {
  readonly rawJSON: string;
}

/** A reviver's third argument: the text that a value was read from. */
interface Source {
  readonly source?: string;
}

declare global {
  // Not yet among TypeScript's types: https://tc39.es/proposal-json-parse-with-source/
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
    parse(
      text: string,
      revive: (name: string, value: unknown, context: Source) => unknown,
    ): unknown;
  }
}

/** What has become of a member, or is one that was not there. */
interface Change {
  readonly name: string;
  /** Undefined where it was removed. */
  readonly value: unknown;
  /** That of a constant. */
  readonly text: string | undefined;
}

const NOTHING: Readonly<Record<string, unknown>> = {};
/** By their first byte. */
const WORD_VALUES: ReadonlyMap<number, unknown> = new Map(
  [true, false, null].map((value) => [`${value}`.charCodeAt(0), value]),
);

/** Lists, not maps: bodies have some ten members, of which a few are asked for and a few changed. */
export class JsonBody {
  readonly #text: Buffer;
  readonly #members: readonly Member[];
  /** Whether the members are all that the text has. */
  readonly #isWhole: boolean;
  readonly #changes: Change[];

  constructor(text: Buffer, members: readonly Member[], isWhole: boolean, changes: Change[] = []) {
    this.#text = text;
    this.#members = members;
    this.#isWhole = isWhole;
    this.#changes = changes;
  }

  names(): string[] {
    const added = this.#changes.filter(({name}) => !named(this.#members, name));
    return [...this.written(), ...added.map(({name}) => name)].filter((name) => this.has(name));
  }

  written(): string[] {
    return this.#members.map(({name}) => name);
  }

  has(name: string): boolean {
    const change = named(this.#changes, name);
    return change ? change.value !== undefined : named(this.#members, name) !== undefined;
  }

  get(name: string): unknown {
    const change = named(this.#changes, name);
    if (change) return change.value;
    const member = named(this.#members, name);
    return member && this.#valueOf(member);
  }

  open(name: string): unknown {
    const change = named(this.#changes, name);
    const member = named(this.#members, name);
    if (change ? change.text === undefined : !member) return change?.value;
    const value = change ? structuredClone(change.value) : this.#exactly(member!);
    this.set(name, value);
    return value;
  }

  set(name: string, value: unknown): void {
    this.#change({name, value, text: undefined});
  }

  setConstant(name: string, {value, text}: Constant): void {
    const member = named(this.#members, name);
    const isThere = member && !named(this.#changes, name) && this.#isWritten(member, text);
    if (!isThere) this.#change({name, value, text});
  }

  remove(name: string): void {
    if (this.has(name)) this.set(name, undefined);
  }

  fork(): JsonBody {
    return new JsonBody(this.#text, this.#members, this.#isWhole, [...this.#changes]);
  }

  bytes(over: Readonly<Record<string, unknown>> = NOTHING): Buffer {
    const changes = this.#changesWith(over);
    if (changes.length === 0 && this.#isWhole) return this.#text;
    const parts: Part[] = this.#runs(changes);
    for (const change of changes) if (change.value !== undefined) parts.push(written(change));
    return joined(this.#text, parts);
  }

  /** The changes, and for this once those that `over` makes. */
  #changesWith(over: Readonly<Record<string, unknown>>): readonly Change[] {
    if (over === NOTHING) return this.#changes;
    const more = Object.entries(over)
      .filter(([name, value]) => named(this.#changes, name) || this.get(name) !== value)
      .map(([name, value]) => ({name, value, text: undefined}));
    return [...this.#changes.filter(({name}) => !Object.hasOwn(over, name)), ...more];
  }

  /** Members that stay, and stand side by side, are copied together. */
  #runs(changes: readonly Change[]): Run[] {
    const found: Run[] = [];
    let next = -1;
    for (const {name, place, from, end} of this.#members) {
      if (named(changes, name)) continue;
      if (place === next) found.at(-1)!.end = end;
      else found.push({from, end});
      next = place + 1;
    }
    return found;
  }

  #change(change: Change) {
    const at = this.#changes.findIndex(({name}) => name === change.name);
    if (at < 0) this.#changes.push(change);
    else this.#changes[at] = change;
  }

  #valueOf(member: Member): unknown {
    if (member.read === undefined) member.read = valueIn(this.#text, member);
    return member.read;
  }

  #exactly(member: Member): unknown {
    const parse = member.values > MAX_EXACT_VALUES ? JSON.parse : parseExactly;
    return parse(this.#rawOf(member));
  }

  #isWritten(member: Member, text: string): boolean {
    return member.end - member.start === text.length && this.#rawOf(member) === text;
  }

  #rawOf({start, end}: Member): string {
    return this.#text.toString("utf8", start, end);
  }
}

function named<One extends {readonly name: string}>(
  list: readonly One[],
  name: string,
): One | undefined {
  for (const one of list) if (one.name === name) return one;
  return undefined;
}

/** Words need not be parsed to be known. */
function valueIn(text: Buffer, {start, end}: Member): unknown {
  const word = WORD_VALUES.get(text[start]!);
  return word === undefined ? JSON.parse(text.toString("utf8", start, end)) : word;
}

const written = ({name, value, text = JSON.stringify(value)}: Change) =>
  `${JSON.stringify(name)}:${text}`;

/** Keeping all digits costs microseconds a value. Longer lists lose them: no parameter has long lists of such numbers. */
const MAX_EXACT_VALUES = 2000;

/** Numbers that would be written otherwise than they are keep their digits. */
const parseExactly = (text: string): unknown =>
  JSON.parse(text, (_, value, {source}) =>
    typeof value === "number" && String(value) !== source ? JSON.rawJSON(source as string) : value,
  );
