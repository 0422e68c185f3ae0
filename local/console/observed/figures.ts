import type {PodReading, Reading} from "./reading.ts";
import {quantile, type Sample} from "./samples.ts";

/** What happened between two readings. */
export interface Figures {
  readonly perS: number;
  /** Undefined where no answer began. */
  readonly firstByteMs: {readonly p50: number; readonly p95: number} | undefined;
  /** A share of all requests, 0 to 1; so is `failed`. */
  readonly cancelled: number;
  readonly failed: number;
  /** Cancelled requests by how far they had come. */
  readonly phases: Readonly<Record<string, number>>;
  /** Attempts handed on to the next deployment, by reason. */
  readonly spills: Readonly<Record<string, number>>;
  readonly sparedTokens: number;
}

/** A proxy that was started in between has counted from nothing. */
export function figuresOf(before: Reading, after: Reading, region?: string): Figures {
  const gained = gains(before, after, region);
  const outcomes = byLabel(gained, "meridian_requests_total", "outcome");
  const all = total(outcomes);
  const share = (...names: string[]) =>
    all === 0 ? 0 : names.reduce((sum, name) => sum + (outcomes[name] ?? 0), 0) / all;
  const seconds = (after.atMs - before.atMs) / 1000;
  return {
    perS: seconds > 0 ? all / seconds : 0,
    firstByteMs: firstByte(gained),
    cancelled: share("cancelled"),
    failed: share("error", "truncated"),
    phases: byLabel(gained, "meridian_cancels_total", "phase"),
    spills: byLabel(gained, "meridian_spills_total", "reason"),
    sparedTokens: total(byLabel(gained, "meridian_prompt_tokens_spared_total", "model")),
  };
}

/** What each counter grew by. */
function gains(before: Reading, after: Reading, region: string | undefined): Sample[] {
  const earlier = new Map(
    before.pods.flatMap((pod) => pod.samples.map((sample) => [keyOf(pod, sample), sample.value])),
  );
  return after.pods
    .filter((pod) => region === undefined || pod.region === region)
    .flatMap((pod) =>
      pod.samples.map((sample) => ({
        ...sample,
        value: Math.max(0, sample.value - (earlier.get(keyOf(pod, sample)) ?? 0)),
      })),
    );
}

const keyOf = ({region, name, pid}: PodReading, sample: Sample) =>
  JSON.stringify([region, name, pid, sample.name, sample.labels]);

function byLabel(samples: readonly Sample[], name: string, label: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const {labels, value} of samples.filter(
    (sample) => sample.name === name && sample.value > 0,
  ))
    sums[labels[label] ?? ""] = (sums[labels[label] ?? ""] ?? 0) + value;
  return sums;
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
