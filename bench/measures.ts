/** What is measured; how long, and which figures of it are shown, is in its plan. */
export const MEASURES = [
  "unary",
  "unary-8k",
  "streams",
  "first-byte-200",
  "first-byte-2000",
  "cancel",
  "memory",
  "growth",
  "pause",
  "attacks",
  "deploy",
] as const;
export type Measure = (typeof MEASURES)[number];

/** By the keys of a measure's columns, and more; what a row has not is left out. */
export type Figures = Readonly<Record<string, number | undefined>>;

export interface Size {
  /** Requests before anything is measured. */
  readonly warm: number;
  readonly connections: number;
  /** Load as in the measure itself, not measured yet; where memory is measured, rest before it. */
  readonly settleS: number;
  readonly seconds: number;
  /** Of a request's body; 1 unless it says otherwise. */
  readonly kilobytes?: number;
  readonly perSecond?: number;
  /** Streams held open, step by step. */
  readonly open?: readonly number[];
  readonly requests?: number;
  /** Connections on which nobody asks anything. */
  readonly idle?: number;
}

/** Where the generator's process has its model hosts. */
export interface Hosts {
  readonly port: number;
  readonly http1Port: number;
}

/** One measure of one target, as the generator is told of it. */
export interface Cell {
  readonly measure: Measure;
  readonly size: Size;
  /** The target's processes. */
  readonly pids: readonly number[];
  readonly origin: string;
  readonly authority: string | undefined;
  /** It speaks HTTP/1.1 alone. */
  readonly http1: boolean;
  /** Where it tells its longest pauses, if it was started to. */
  readonly pauses?: string;
  readonly tokens: readonly string[];
}
