import {blockHashes} from "../../cloud/models/batching/hashes.ts";
import {habits, logNormal, seeded, typing} from "../../editor/strokes.ts";
import {createDocument, type Document} from "./document.ts";

/** A request as a trace has it: the same whatever becomes of it. */
export interface TracedRequest {
  readonly id: number;
  readonly atMs: number;
  /** When its person presses the next key, and it is cancelled. */
  readonly leavesMs: number;
  readonly person: number;
  /** How the text before the cursor begins. */
  readonly opening: string;
  readonly promptTokens: number;
  readonly hashes: readonly number[];
  readonly outputTokens: number;
}

export interface TraceOptions {
  readonly people: number;
  readonly forMs: number;
  /** How many times longer than in one line's flow someone looks between bursts of keys: reads, runs, talks. */
  readonly patience: number;
  readonly seed: number;
}

/** As vLLM has them by default on a GPU. */
export const BLOCK_SIZE = 16;

/** Chosen: nothing is published of what people do between bursts of keys. */
const FILES = 3;
const FILE_TOKENS = {median: 1500, spread: 0.7};
const OUTPUT_TOKENS = {median: 18, spread: 0.6};
const MOVE_AFTER_MS = 5000;
const MOVES = 0.3;
const TEAMS = 20;

/** What people who type ask for, by the habits of editor/strokes.ts, in the order of time. */
export function traceOf(options: TraceOptions): TracedRequest[] {
  return Array.from({length: options.people}, (_, person) => [...requestsOf(person, options)])
    .flat()
    .toSorted((one, other) => one.atMs - other.atMs)
    .map((request, id) => ({...request, id}));
}

/** As editor/person.ts types: the editor asks when no key has come for its debounce. */
function* requestsOf(
  person: number,
  {forMs, patience, seed}: TraceOptions,
): Generator<Omit<TracedRequest, "id">> {
  const random = seeded(seed * 1_000_003 + person);
  const desk = createDesk(person, random);
  // Everyone is somewhere in their work when the trace begins.
  let nowMs = -random() * patience * habits.lookMs.median;
  let asked: Omit<TracedRequest, "id" | "leavesMs"> | undefined;
  for (const {afterMs, kind} of typing(random, patience)) {
    nowMs += afterMs;
    if (afterMs > MOVE_AFTER_MS) desk.perhapsMove();
    desk.file().press(kind);
    if (kind === "key" && random() < habits.followed) continue;
    if (asked && asked.atMs < nowMs) yield {...asked, leavesMs: nowMs};
    if (nowMs > forMs) return;
    const atMs = nowMs + habits.debounceMs;
    asked = atMs < 0 ? undefined : {atMs, person, ...orderOf(desk.file(), person, random)};
  }
}

/** The salt is the team's, so that none learns by the clock what another has asked. */
function orderOf(document: Document, person: number, random: () => number) {
  const {tokens, opening} = document.prompt();
  return {
    opening,
    promptTokens: tokens.length,
    hashes: blockHashes(tokens, BLOCK_SIZE, `team ${person % TEAMS}`),
    outputTokens: Math.max(1, Math.round(logNormal(OUTPUT_TOKENS, random))),
  };
}

/** The files that a person has open. */
function createDesk(person: number, random: () => number) {
  const files = Array.from({length: FILES}, (_, file) =>
    createDocument(`${person}/${file}`, Math.ceil(logNormal(FILE_TOKENS, random))),
  );
  for (const file of files) file.go(random());
  let open = files[0]!;
  return {
    file: () => open,
    perhapsMove() {
      if (random() >= MOVES) return;
      open = files[Math.floor(random() * FILES)]!;
      open.go(random());
    },
  };
}
