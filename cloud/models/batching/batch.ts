import {type Block, createBlocks} from "./blocks.ts";
import {createWaiting, order, type Policy, type Waiter} from "./waiting.ts";

/** What one request asks of an engine. */
export interface Job {
  readonly id: number;
  readonly promptTokens: number;
  /** Of the prompt's whole blocks. */
  readonly hashes: readonly number[];
  /** How many tokens the model will say. */
  readonly outputTokens: number;
  /** The lesser goes first, where the policy is by priority. */
  readonly priority: number;
}

export interface BatchOptions {
  /** `--max-num-seqs`. */
  readonly sequences: number;
  /** `--max-num-batched-tokens`: of one step. */
  readonly stepTokens: number;
  readonly blocks: number;
  readonly blockSize: number;
  readonly policy: Policy;
  /** Whether what is computed of one prompt serves the next that begins so. */
  readonly caching: boolean;
}

/** A request in an engine. */
export interface Sequence extends Job, Waiter {
  blocks: Block[];
  computed: number;
  generated: number;
  /** Tokens that the step under way computes. */
  scheduled: number;
}

/** Who runs and who waits: vllm/v1/core/sched/scheduler.py, schedule. */
export interface Batch {
  readonly running: readonly Sequence[];
  readonly waiting: number;
  readonly preemptions: number;
  usage(): number;
  add(sequence: Sequence): void;
  /** Frees all that it has. */
  remove(sequence: Sequence): void;
  /** Says what each computes in the next step. `admitted` is told who runs anew, and how much of it was kept. */
  schedule(admitted: (sequence: Sequence, kept: number) => void): void;
  /** What the step computed serves others from now on. */
  keep(sequence: Sequence): void;
}

export const pendingOf = ({promptTokens, generated, computed}: Sequence): number =>
  promptTokens + generated - computed;

export function createBatch(options: BatchOptions): Batch {
  const {blockSize, policy} = options;
  const blocks = createBlocks(options.blocks);
  const waiting = createWaiting<Sequence>(policy);
  let running: Sequence[] = [];
  let preemptions = 0;

  const needed = (tokens: number) => Math.ceil(tokens / blockSize);
  const left = () => running.reduce((rest, {scheduled}) => rest - scheduled, options.stepTokens);

  /** A step that had to send somebody back takes in nobody. */
  function schedule(admitted: (sequence: Sequence, kept: number) => void) {
    const before = preemptions;
    goOn();
    if (preemptions === before) admit(admitted);
  }

  function goOn() {
    let rest = options.stepTokens;
    for (const sequence of [...running]) {
      if (rest === 0) return;
      if (!running.includes(sequence)) continue;
      const tokens = Math.min(rest, pendingOf(sequence));
      if (!makeRoom(sequence, tokens)) return;
      sequence.scheduled = tokens;
      rest = left();
    }
  }

  function admit(admitted: (sequence: Sequence, kept: number) => void) {
    for (let rest = left(); rest > 0 && running.length < options.sequences; rest = left()) {
      const next = waiting.first();
      if (!next) return;
      const cached = options.caching ? blocks.cached(next.hashes, reusable(next)) : [];
      const computed = cached.length * blockSize;
      const tokens = Math.min(rest, next.promptTokens + next.generated - computed);
      const taken = blocks.take(cached, needed(computed + tokens) - cached.length);
      if (!taken) return;
      waiting.shift();
      running.push(Object.assign(next, {blocks: taken, computed, scheduled: tokens}));
      admitted(next, computed);
    }
  }

  /** The last token is always computed, for the next one to be drawn. */
  const reusable = ({promptTokens}: Sequence) => Math.floor((promptTokens - 1) / blockSize);

  /** Takes blocks for tokens to come, from others who run if it must. False where it had to leave itself. */
  function makeRoom(sequence: Sequence, tokens: number): boolean {
    const more = needed(sequence.computed + tokens) - sequence.blocks.length;
    for (let taken = blocks.take([], more); ; taken = blocks.take([], more)) {
      if (taken) {
        sequence.blocks.push(...taken);
        return true;
      }
      const victim = (policy === "priority" ? running.toSorted(order) : running).at(-1)!;
      preempt(victim);
      if (victim === sequence) return false;
    }
  }

  /** What it had computed is computed again, but for what its prompt's blocks still keep. */
  function preempt(sequence: Sequence) {
    preemptions++;
    leave(sequence);
    waiting.putBack(Object.assign(sequence, {blocks: [], computed: 0, scheduled: 0}));
  }

  function leave(sequence: Sequence) {
    running = running.filter((one) => one !== sequence);
    blocks.release(sequence.blocks);
  }

  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiting.length;
    },
    get preemptions() {
      return preemptions;
    },
    usage: blocks.usage,
    add: waiting.push,
    remove: (sequence) => {
      if (running.includes(sequence)) leave(sequence);
      else waiting.remove(sequence);
    },
    schedule,
    keep: ({hashes, blocks: own, computed, scheduled}) => {
      const last = Math.min(hashes.length, Math.floor((computed + scheduled) / blockSize));
      for (let at = Math.floor(computed / blockSize); at < last; at++)
        blocks.keep(own[at]!, hashes[at]!);
    },
  };
}
