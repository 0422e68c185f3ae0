import {type Figures, figuresOf} from "./figures.ts";
import type {DeploymentReading, PodReading, Reading} from "./reading.ts";

/** The world at a time, as the page shows it. */
export interface Snapshot {
  readonly atMs: number;
  readonly all: Figures;
  readonly regions: readonly RegionView[];
}

export interface RegionView extends Figures {
  readonly name: string;
  readonly dns: Dns;
  readonly pods: readonly PodView[];
  readonly deployments: readonly DeploymentReading[];
}

/** Whether DNS answers with a region; `drained`: not, by an operator's hand. */
export type Dns = "in" | "out" | "drained";

export interface PodView {
  readonly name: string;
  readonly pid: number;
  /** `gone`: it does not answer. */
  readonly vote: "in" | "out" | "gone";
  /** Which objectives it misses, and why; empty where it misses none. */
  readonly missed: string;
}

/** What cancels have saved. */
export interface Totals {
  /** Tokens of prompts that preflight did not send on, by the proxies' estimate, since it began to look. */
  readonly prompt: number;
  /** Tokens of answers that model hosts did not make, since they began. */
  readonly answer: number;
}

/** Figures are of all the readings, oldest first; all else is as the last has it. */
export function snapshotOf(
  readings: readonly Reading[],
  regions: readonly {readonly name: string; readonly dns: Dns}[],
): Snapshot {
  const {atMs, pods: all} = readings.at(-1)!;
  return {
    atMs,
    all: figuresOf(readings),
    regions: regions.map(({name, dns}) => {
      const pods = all.filter(({region}) => region === name);
      return {
        name,
        dns,
        ...figuresOf(readings, name),
        pods: pods.map(viewOf),
        deployments: leastOf(pods),
      };
    }),
  };
}

const viewOf = (pod: PodReading): PodView => ({
  ...{name: pod.name, pid: pod.pid, missed: pod.missed},
  vote: voteOf(pod),
});

function voteOf({samples}: PodReading): PodView["vote"] {
  const vote = samples.find(({name}) => name === "meridian_vote");
  return vote === undefined ? "gone" : vote.value === 1 ? "in" : "out";
}

/** Each deployment as the proxy that holds it for the least well judges it. */
function leastOf(pods: readonly PodReading[]): DeploymentReading[] {
  const all = pods.flatMap(({deployments}) => deployments);
  const byKey = Map.groupBy(all, ({model, upstream, name}) => `${model} ${upstream} ${name}`);
  return [...byKey.values()].map((views) => ({
    ...views[0]!,
    share: Math.min(...views.map(({share}) => share)),
    waitS: Math.max(...views.map(({waitS}) => waitS)),
    absence: views.find(({absence}) => absence)?.absence,
  }));
}
