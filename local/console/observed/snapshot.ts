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
}

/** `before` and `after` bound the time that the figures are of; all else is as `after` has it. */
export function snapshotOf(
  before: Reading,
  after: Reading,
  regions: readonly {readonly name: string; readonly dns: Dns}[],
): Snapshot {
  return {
    atMs: after.atMs,
    all: figuresOf(before, after),
    regions: regions.map(({name, dns}) => {
      const pods = after.pods.filter(({region}) => region === name);
      return {
        name,
        dns,
        ...figuresOf(before, after, name),
        pods: pods.map((pod) => ({name: pod.name, pid: pod.pid, vote: voteOf(pod)})),
        deployments: judged(pods),
      };
    }),
  };
}

function voteOf({samples}: PodReading): PodView["vote"] {
  const vote = samples.find(({name}) => name === "meridian_vote");
  return vote === undefined ? "gone" : vote.value === 1 ? "in" : "out";
}

/** Each deployment as the proxy that holds it for the least well judges it. */
function judged(pods: readonly PodReading[]): DeploymentReading[] {
  const all = pods.flatMap(({deployments}) => deployments);
  const byKey = Map.groupBy(all, ({model, upstream, name}) => `${model} ${upstream} ${name}`);
  return [...byKey.values()].map((views) => ({
    ...views[0]!,
    share: Math.min(...views.map(({share}) => share)),
    waitS: Math.max(...views.map(({waitS}) => waitS)),
    absence: views.find(({absence}) => absence)?.absence,
  }));
}
