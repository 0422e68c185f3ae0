import type {Objective} from "../../proxy/policy.ts";

/** One question that a client asked a region, and what became of it. */
export interface Sample {
  readonly region: string;
  readonly asked: Question;
  /** What was wrong; undefined where all was well. */
  readonly fault: string | undefined;
  /** Where a completion was asked for; without the way there and back. */
  readonly firstByteMs?: number;
}

/** A client asks all of them in turn. */
export const questions = ["health page", "completion", "cancel"] as const;
export type Question = (typeof questions)[number];

export interface Verdict {
  /** Held: regions outside the wave are no better, so it is not the wave's doing. */
  readonly how: "passed" | "failed" | "held";
  /** What was seen of every region, for people. */
  readonly seen: readonly string[];
}

/**
 * Judges what was seen of a wave's regions, beside others. A region is well if
 * it was asked everything, and answered as large a share of it well and in time as the objective says;
 * a single fault is no share.
 */
export function judge({
  samples,
  wave,
  others,
  objectiveOf,
}: {
  readonly samples: readonly Sample[];
  readonly wave: readonly string[];
  readonly others: readonly string[];
  /** Of the model that a region was asked for. */
  readonly objectiveOf: (region: string) => Objective;
}): Verdict {
  const view = (region: string) =>
    viewOf(
      region,
      samples.filter((sample) => sample.region === region),
      objectiveOf(region),
    );
  const [own, beside] = [wave.map(view), others.map(view)];
  const seen = [
    ...own.map(({text}) => text),
    ...beside.map(({text}) => `${text} (not of this wave)`),
  ];
  if (own.every(({well}) => well)) return {how: "passed", seen};
  const asBad = beside.length > 0 && beside.every(({well}) => !well);
  return {how: asBad ? "held" : "failed", seen};
}

function viewOf(region: string, samples: readonly Sample[], objective: Objective) {
  const faults = samples.flatMap((sample) => faultOf(sample, objective) ?? []);
  const unasked = questions.filter((question) => !samples.some(({asked}) => asked === question));
  const allowed = Math.max(1, Math.floor(samples.length * (1 - objective.success)));
  const well = unasked.length === 0 && faults.length <= allowed;
  const said = [
    `${samples.length - faults.length} of ${samples.length} answers good`,
    ...firstBytes(samples, objective),
    ...unasked.map((question) => `no ${question} was asked for`),
    ...tally(faults),
  ];
  return {well, text: `${region}: ${said.join("; ")}`};
}

function faultOf(
  {asked, fault, firstByteMs = 0}: Sample,
  objective: Objective,
): string | undefined {
  if (fault !== undefined) return `${asked}: ${fault}`;
  if (firstByteMs <= objective.firstByteMs) return undefined;
  return `${asked}: first byte later than ${objective.firstByteMs} ms`;
}

function firstBytes(samples: readonly Sample[], {firstByteMs: limit}: Objective): string[] {
  const times = samples.flatMap(({firstByteMs}) => firstByteMs ?? []).toSorted((a, b) => a - b);
  if (times.length === 0) return [];
  const at = (share: number) => Math.round(times[Math.ceil(times.length * share) - 1]!);
  return [
    `first byte ${at(0.5)} ms at the median, ${at(0.95)} ms at the 95th percentile of ${limit}`,
  ];
}

/** Each fault once, the most frequent first. */
function tally(faults: readonly string[]): string[] {
  const counts = [...Map.groupBy(faults, (fault) => fault)].map(([text, all]) => ({text, all}));
  return counts
    .toSorted((a, b) => b.all.length - a.all.length)
    .slice(0, TOLD_FAULTS)
    .map(({text, all}) => `${all.length}× ${text}`);
}

const TOLD_FAULTS = 3;
