import {ConnectionError, ENHANCE_YOUR_CALM} from "./wire.ts";

/**
 * What a peer may do at most, each with what it would do otherwise. One that goes beyond loses its connection, with
 * ENHANCE_YOUR_CALM; nobody else is touched.
 */
export interface Limits {
  /** Streams that it may have open at once; more are refused (RFC 9113, 5.1.2). Its slots are its memory here. */
  readonly streams: number;
  /** Of a header section, as counted by RFC 9113, 10.5.1: header bombs. Longer ones are answered with 431. */
  readonly headerBytes: number;
  /** Of a header block as it comes, over all its frames: CONTINUATION floods (CVE-2024-27316). */
  readonly blockBytes: number;
  /** Frames of one block: CONTINUATION floods of empty frames. */
  readonly blockFrames: number;
  /** How long a preface, a header block and the acknowledgement of settings may take: peers that never finish. */
  readonly patienceMs: number;
  /** What may wait unread for a peer: one that asks for answers, and to PING and SETTINGS, and reads none. */
  readonly unreadBytes: number;
  /** Frames that carry nothing (PING, SETTINGS, PRIORITY, empty DATA, WINDOW_UPDATE): at once, and a second. */
  readonly idleFrames: Rate;
  /** Frames that make us reset a stream (CVE-2025-8671): at once, and a second. */
  readonly strayFrames: Rate;
  /** Requests that it resets (CVE-2023-44487): at once, and a second. */
  readonly resets: Rate;
}

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** What a piece of content costs beside its bytes: who sends one byte at a time would hold a hundred times what is counted. */
export const PIECE_BYTES = 128;

/** For a peer that anybody may be. */
export const LIMITS: Limits = {
  streams: 4096,
  headerBytes: 32 << 10,
  blockBytes: 64 << 10,
  blockFrames: 32,
  patienceMs: 10_000,
  unreadBytes: 8 << 20,
  idleFrames: {burst: 10_000, perSecond: 1000},
  strayFrames: {burst: 1000, perSecond: 100},
  resets: {burst: 1000, perSecond: 33},
};

/** What is left of a rate. */
export interface Allowance {
  readonly rate: Rate;
  /** Which frames, for the peer's log. */
  readonly of: string;
  left: number;
  atMs: number;
}

export const allow = (rate: Rate, of: string): Allowance => ({
  rate,
  of,
  left: rate.burst,
  atMs: Date.now(),
});

/** Gives back what work that was done is worth. */
export function earn(allowance: Allowance, count: number): void {
  if (allowance.left < allowance.rate.burst) allowance.left += count;
}

/** Throws ENHANCE_YOUR_CALM where none is left. */
export function spend(allowance: Allowance): void {
  if (--allowance.left >= 0) return;
  const {burst, perSecond} = allowance.rate;
  const nowMs = Date.now();
  const earned = Math.floor(((nowMs - allowance.atMs) / 1000) * perSecond);
  if (earned < 1) throw new ConnectionError(ENHANCE_YOUR_CALM, `too many ${allowance.of}`);
  allowance.left = Math.min(burst, earned) - 1;
  allowance.atMs = nowMs;
}
