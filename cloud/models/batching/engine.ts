import {type BatchOptions, createBatch, type Job, pendingOf, type Sequence} from "./batch.ts";
import {type Speed, stepMs} from "./speed.ts";

export interface EngineOptions extends BatchOptions {
  readonly speed: Speed;
}

/** A token that a step made. */
export interface Made {
  readonly id: number;
  /** From 0. */
  readonly token: number;
  readonly isLast: boolean;
}

/** What an engine does now, and since its start. */
export interface EngineState {
  readonly running: number;
  readonly waiting: number;
  /** Share of the memory that is used, 0 to 1. */
  readonly usage: number;
  readonly preemptions: number;
  readonly promptTokens: number;
  /** How many of them were there already. */
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  readonly busyMs: number;
}

/** A model server's engine: what it does in a step is decided here, when is for others to say. */
export interface Engine {
  submit(job: Job): void;
  /** Frees all that a request has, whatever it was at. Whether it was there. */
  abort(id: number): boolean;
  /** Begins a step: how long it takes, in milliseconds. Undefined where there is nothing to do. */
  begin(): number | undefined;
  /** Ends the step that was begun. */
  end(): Made[];
  state(): EngineState;
}

/**
 * Batches as vLLM does: a step goes on with all that run, a token each, and computes prompts in what is left of its
 * tokens. What is generated is not kept for later requests.
 */
export function createEngine(options: EngineOptions): Engine {
  const batch = createBatch(options);
  const sequences = new Map<number, Sequence>();
  const counts = {promptTokens: 0, cachedTokens: 0, generatedTokens: 0, busyMs: 0};
  let submitted = 0;

  /** A request that was sent back is counted once. */
  function admitted({promptTokens, generated}: Sequence, kept: number) {
    if (generated > 0) return;
    counts.promptTokens += promptTokens;
    counts.cachedTokens += kept;
  }

  function begin(): number | undefined {
    batch.schedule(admitted);
    // Where all of them sent each other back there is room now.
    if (!batch.running.some(isScheduled) && batch.waiting > 0) batch.schedule(admitted);
    const active = batch.running.filter(isScheduled);
    if (active.length === 0) return undefined;
    const promptTokens = active.reduce((sum, {scheduled}) => sum + scheduled - 1, 0);
    const ms = stepMs(options.speed, {sequences: active.length, promptTokens});
    counts.busyMs += ms;
    return ms;
  }

  function end(): Made[] {
    return batch.running.filter(isScheduled).flatMap((sequence) => {
      batch.keep(sequence);
      sequence.computed += sequence.scheduled;
      sequence.scheduled = 0;
      return pendingOf(sequence) > 0 ? [] : [say(sequence)];
    });
  }

  function say(sequence: Sequence): Made {
    const token = sequence.generated++;
    counts.generatedTokens++;
    const isLast = sequence.generated >= sequence.outputTokens;
    if (isLast) abort(sequence.id);
    return {id: sequence.id, token, isLast};
  }

  function abort(id: number): boolean {
    const sequence = sequences.get(id);
    if (!sequence) return false;
    sequences.delete(id);
    batch.remove(sequence);
    return true;
  }

  return {
    submit: (job) => {
      const fresh = {blocks: [], computed: 0, generated: 0, scheduled: 0};
      const sequence = {...job, number: submitted++, ...fresh};
      sequences.set(job.id, sequence);
      batch.add(sequence);
    },
    abort,
    begin,
    end,
    state: () => {
      const {running, waiting, preemptions} = batch;
      return {running: running.length, waiting, usage: batch.usage(), preemptions, ...counts};
    },
  };
}

const isScheduled = ({scheduled}: Sequence) => scheduled > 0;
