import {closeSync, fsyncSync, openSync, readFileSync, writeSync} from "node:fs";
import type {Started} from "./running.ts";
import type {Wave} from "./waves.ts";

/** What a region runs. */
export interface Version {
  /** An image reference. */
  readonly image: string;
  /** The proxies' policy, as JSON. */
  readonly policy: string;
  /** Those of its models on GPUs, as JSON; undefined where it has none. */
  readonly weights?: string | undefined;
}

/** One thing that was done, written down before the next is begun. */
export type Entry =
  | {
      readonly did: "begin";
      readonly id: string;
      readonly waves: readonly Wave[];
      /** The tag of the image that is rolled out. */
      readonly image: string;
      /** Whether regions are held to that image, whatever `global` builds. */
      readonly pinned: boolean;
      /** A hash of regions.yaml and of what images are built from. */
      readonly source: string;
    }
  /** A wave is begun. `before` is what its regions ran, of those that had been brought up. */
  | {
      readonly did: "enter";
      readonly wave: number;
      readonly before: Readonly<Record<string, Version>>;
    }
  /** A stack's engine starts, and ends; its code is null if it was killed. */
  | ({readonly did: "start"; readonly stack: string} & Started)
  | {readonly did: "finish"; readonly stack: string; readonly code: number | null}
  | {readonly did: "pass"; readonly wave: number}
  /** A wave has failed and goes back; what was seen of it. */
  | {readonly did: "fail"; readonly wave: number; readonly seen: readonly string[]}
  | {readonly did: "return"; readonly stack: string}
  /** The rollout stopped half-way, to be resumed. */
  | {readonly did: "pause"; readonly seen: readonly string[]}
  | {readonly did: "end"; readonly how: "done" | "failed"};

/** How far a rollout has come. */
export interface Stand extends Omit<Extract<Entry, {did: "begin"}>, "did"> {
  /** The index of the wave that is next or under way; the number of waves once all have passed. */
  readonly wave: number;
  readonly entered: boolean;
  /** Why the wave goes back; undefined if it does not. */
  readonly failed: readonly string[] | undefined;
  readonly ended: "done" | "failed" | undefined;
}

export interface Replay {
  /** The last rollout; undefined before the first. */
  readonly last: Stand | undefined;
  /** What stacks ran before a change, for those that have neither passed since nor been brought back. */
  readonly good: ReadonlyMap<string, Version>;
  /** Engines whose end was not recorded. */
  readonly running: ReadonlyMap<string, Started>;
}

/** What a journal says, from its first entry to its last. */
export const replay = (entries: readonly Entry[]): Replay => ({
  last: entries.reduce(standAfter, undefined),
  good: goodAfter(entries),
  running: runningAfter(entries),
});

function standAfter(stand: Stand | undefined, entry: Entry): Stand | undefined {
  if (entry.did === "begin") {
    const {did: _, ...begun} = entry;
    return {...begun, wave: 0, entered: false, failed: undefined, ended: undefined};
  }
  if (!stand) return undefined;
  switch (entry.did) {
    case "enter":
      return {...stand, entered: true};
    case "pass":
      return {...stand, wave: entry.wave + 1, entered: false};
    case "fail":
      return {...stand, failed: entry.seen};
    case "end":
      return {...stand, ended: entry.how};
    default:
      return stand;
  }
}

/** A wave that is entered again, changed half-way, still has what it ran before the first time. */
function goodAfter(entries: readonly Entry[]): Map<string, Version> {
  const good = new Map<string, Version>();
  let waves: readonly Wave[] = [];
  for (const entry of entries) {
    if (entry.did === "begin") waves = entry.waves;
    if (entry.did === "enter")
      for (const [stack, version] of Object.entries(entry.before))
        if (!good.has(stack)) good.set(stack, version);
    if (entry.did === "pass") for (const stack of waves[entry.wave] ?? []) good.delete(stack);
    if (entry.did === "return") good.delete(entry.stack);
  }
  return good;
}

function runningAfter(entries: readonly Entry[]): Map<string, Started> {
  const running = new Map<string, Started>();
  for (const entry of entries) {
    if (entry.did === "start") running.set(entry.stack, entry);
    if (entry.did === "finish") running.delete(entry.stack);
  }
  return running;
}

export interface Journal {
  readonly entries: readonly Entry[];
  /** The entry is on disk when this returns. */
  record(entry: Entry): void;
  close(): void;
}

/** Opens a file with one line of JSON for each entry. A line that a crash cut short does not count. */
export function openJournal(path: string, now: () => Date = () => new Date()): Journal {
  const file = openSync(path, "a+", 0o600);
  const lines = readFileSync(path, "utf8").split("\n");
  const torn = lines.pop() !== "";
  const entries = lines.filter(isWhole).map((line) => JSON.parse(line) as Entry);
  const write = (text: string) => {
    writeSync(file, text);
    fsyncSync(file);
  };
  if (torn) write("\n");
  return {
    entries,
    record(entry) {
      write(`${JSON.stringify({at: now().toISOString(), ...entry})}\n`);
      entries.push(entry);
    },
    close: () => closeSync(file),
  };
}

function isWhole(line: string): boolean {
  try {
    return typeof JSON.parse(line) === "object";
  } catch {
    return false;
  }
}
