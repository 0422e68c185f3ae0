import type {PodView, RegionView, Snapshot} from "./snapshot.ts";

/** Something that the system did, as seen from outside. */
export interface Happening {
  readonly atMs: number;
  readonly region: string;
  readonly kind: "vote" | "dns" | "deployment" | "spill" | "pod";
  /** Whether it is for the worse. */
  readonly bad: boolean;
  readonly text: string;
}

type Told = Pick<Happening, "kind" | "bad" | "text">;

/**
 * What must have happened for the world to look like `after` when it looked like `before`. `heirsOf` says who
 * serves a region's users while DNS leaves it out.
 */
export function happenings(
  before: Snapshot,
  after: Snapshot,
  heirsOf: (region: string) => string,
): Happening[] {
  return after.regions.flatMap((region) => {
    const was = before.regions.find(({name}) => name === region.name);
    if (!was) return [];
    const told = [
      ...pods(was, region),
      ...votes(was, region),
      ...dns(was, region, heirsOf),
      ...deployments(was, region),
      ...spills(was, region),
    ];
    return told.map((one) => ({atMs: after.atMs, region: region.name, ...one}));
  });
}

function pods(was: RegionView, is: RegionView): Told[] {
  return is.pods.flatMap(({name, pid, vote}): Told[] => {
    const old = was.pods.find((pod) => pod.name === name);
    if (!old) return [];
    if (old.vote !== "gone" && vote === "gone")
      return [{kind: "pod", bad: true, text: `${name} no longer answers`}];
    if (old.vote === "gone" && vote !== "gone")
      return [{kind: "pod", bad: false, text: `${name} answers again, as process ${pid}`}];
    if (old.pid !== pid)
      return [{kind: "pod", bad: false, text: `${name} was replaced by process ${pid}`}];
    return [];
  });
}

/** A proxy that is out and misses nothing has just started, or is about to stop: that is no judgement. */
const isMissing = ({vote, missed}: PodView) => vote === "out" && missed !== "";

function votes(was: RegionView, is: RegionView): Told[] {
  const before = new Set(was.pods.filter(isMissing).map(({name}) => name));
  const out = is.pods.filter(isMissing);
  const fresh = out.filter(({name}) => !before.has(name));
  if (fresh.length > 0) return [{kind: "vote", bad: true, text: outText(out, is.pods, fresh)}];
  const back = is.pods.filter(({name, vote}) => before.has(name) && vote === "in");
  if (back.length === 0) return [];
  const away = is.pods.filter(({vote}) => vote !== "in").length;
  const text =
    away === 0
      ? "all proxies vote themselves in again"
      : `${votesBy(back.length, is.pods.length)} in again; ${away} still out`;
  return [{kind: "vote", bad: false, text}];
}

function outText(out: readonly PodView[], all: readonly PodView[], fresh: readonly PodView[]) {
  return `${votesBy(out.length, all.length)} out: ${fresh[0]!.missed}`;
}

const votesBy = (count: number, all: number) =>
  `${count} of ${all} proxies ${count === 1 ? "votes itself" : "vote themselves"}`;

function dns(was: RegionView, is: RegionView, heirsOf: (region: string) => string): Told[] {
  if (was.dns === is.dns) return [];
  const texts = {
    in: "DNS answers with the region again",
    out: `DNS leaves the region out: ${heirsOf(is.name)}`,
    drained: `its endpoints are disabled: DNS sends no new users, those it has are served; ${heirsOf(is.name)}`,
  };
  return [{kind: "dns", bad: is.dns !== "in", text: texts[is.dns]}];
}

function deployments(was: RegionView, is: RegionView): Told[] {
  return is.deployments.flatMap((now): Told[] => {
    const old = was.deployments.find(
      ({name, upstream, model}) =>
        name === now.name && upstream === now.upstream && model === now.model,
    );
    const told = (bad: boolean, text: string): Told[] => [
      {kind: "deployment", bad, text: `${now.name} at ${now.upstream} ${text}`},
    ];
    if (!old) return [];
    if (old.absence !== now.absence)
      return now.absence ? told(true, GONE[now.absence]) : told(false, "is there again");
    if (old.share > 0 && now.share === 0) return told(true, "is ejected: too many failures");
    if (old.share === 0 && now.share > 0)
      return told(
        false,
        `is tried again, with ${Math.round(100 * now.share)}% of its weight at first`,
      );
    if (old.waitS === 0 && now.waitS > 0)
      return told(true, `said 429; it is left alone for ${now.waitS} s`);
    return [];
  });
}

const GONE = {
  retired: "is left alone: it says 410, its model was retired",
  missing: "is left alone: it says 404, it has no such deployment",
} as const;

function spills(was: RegionView, is: RegionView): Told[] {
  return Object.keys(is.spills)
    .filter((reason) => was.spills[reason] === undefined)
    .map((reason) => ({
      kind: "spill",
      bad: true,
      text: `requests spill to the next deployment (${reason})`,
    }));
}
