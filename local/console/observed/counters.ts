import type {PodReading, Reading} from "./reading.ts";
import type {Sample} from "./samples.ts";

/**
 * What each counter of a proxy grew by over the readings in which it answered, as Prometheus' increase() has
 * it: one that is lower than before was begun anew. A name and a process that change in between, or a reading
 * without an answer, never make growth of what had been counted before.
 */
export function gainsOf(readings: readonly Reading[], isMeant: (pod: PodReading) => boolean) {
  const gained = new Map<string, Sample>();
  const latest = new Map<string, ReadonlyMap<string, number>>();
  for (const {pods} of readings)
    for (const pod of pods.filter((one) => isMeant(one) && one.samples.length > 0)) {
      const name = `${pod.region} ${pod.name}`;
      const earlier = latest.get(name);
      latest.set(name, new Map(pod.samples.map((sample) => [keyOf(sample), sample.value])));
      if (earlier) for (const sample of pod.samples) grow(gained, sample, earlier);
    }
  return [...gained.values()];
}

function grow(gained: Map<string, Sample>, sample: Sample, earlier: ReadonlyMap<string, number>) {
  const key = keyOf(sample);
  const before = earlier.get(key) ?? 0;
  const grown = sample.value < before ? sample.value : sample.value - before;
  gained.set(key, {...sample, value: (gained.get(key)?.value ?? 0) + grown});
}

const keyOf = ({name, labels}: Sample) => JSON.stringify([name, labels]);

/** Sums of what was gained under a name, by a label; what gained nothing is left out. */
export function byLabel(
  samples: readonly Sample[],
  name: string,
  label: string,
): Record<string, number> {
  const sums: Record<string, number> = {};
  const meant = samples.filter((sample) => sample.name === name && sample.value > 0);
  for (const {labels, value} of meant)
    sums[labels[label] ?? ""] = (sums[labels[label] ?? ""] ?? 0) + value;
  return sums;
}
