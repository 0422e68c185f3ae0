import {byLabel, gainsOf} from "./counters.ts";
import type {Reading} from "./reading.ts";
import {quantile, type Sample} from "./samples.ts";

/** What proxies counted over some readings. */
export interface Figures {
  readonly perS: number;
  /** Undefined where no answer began. */
  readonly firstByteMs: {readonly p50: number; readonly p95: number} | undefined;
  /** A share of all requests, 0 to 1. */
  readonly cancelled: number;
  /** Cancelled requests by how far they had come. */
  readonly phases: Readonly<Record<string, number>>;
  /** Attempts handed on to the next deployment, by reason. */
  readonly spills: Readonly<Record<string, number>>;
  readonly sparedTokens: number;
}

/** Of all proxies, or of a region's, over these readings. */
export function figuresOf(readings: readonly Reading[], region?: string): Figures {
  const gained = gainsOf(readings, (pod) => region === undefined || pod.region === region);
  const outcomes = byLabel(gained, "meridian_requests_total", "outcome");
  const all = total(outcomes);
  const seconds = ((readings.at(-1)?.atMs ?? 0) - (readings[0]?.atMs ?? 0)) / 1000;
  return {
    perS: seconds > 0 ? all / seconds : 0,
    firstByteMs: firstByte(gained),
    cancelled: all === 0 ? 0 : (outcomes.cancelled ?? 0) / all,
    phases: byLabel(gained, "meridian_cancels_total", "phase"),
    spills: byLabel(gained, "meridian_spills_total", "reason"),
    sparedTokens: total(byLabel(gained, "meridian_prompt_tokens_spared_total", "model")),
  };
}

function firstByte(samples: readonly Sample[]): Figures["firstByteMs"] {
  const counts = byLabel(samples, "meridian_first_byte_seconds_bucket", "le");
  const buckets = Object.entries(counts).map(([le, count]) => ({
    le: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le),
    count,
  }));
  const [p50, p95] = [quantile(0.5, buckets), quantile(0.95, buckets)];
  return p50 === undefined || p95 === undefined ? undefined : {p50: p50 * 1000, p95: p95 * 1000};
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((a, b) => a + b, 0);
