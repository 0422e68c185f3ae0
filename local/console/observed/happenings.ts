import type {RegionView, Snapshot} from "./snapshot.ts";

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

/** What must have happened for the world to look like `after` when it looked like `before`. */
export function happenings(before: Snapshot, after: Snapshot): Happening[] {
  return after.regions.flatMap((region) => {
    const was = before.regions.find(({name}) => name === region.name);
    if (!was) return [];
    const told = [
      ...pods(was, region),
      ...votes(was, region),
      ...dns(was, region),
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
      return [{kind: "pod", bad: true, text: `${name} is gone; its clients stay with the edge`}];
    if (old.vote === "gone" && vote !== "gone")
      return [{kind: "pod", bad: false, text: `${name} serves again, as process ${pid}`}];
    if (old.pid !== pid)
      return [{kind: "pod", bad: false, text: `${name} was replaced by process ${pid}`}];
    return [];
  });
}

function votes(was: RegionView, is: RegionView): Told[] {
  const [before, after] = [was, is].map(({pods}) => pods.filter(({vote}) => vote === "out").length);
  if (before === after) return [];
  const text =
    after === 0
      ? "all proxies vote themselves in again"
      : `${after} of ${is.pods.length} proxies vote themselves out: under the objective`;
  return [{kind: "vote", bad: after! > before!, text}];
}

function dns(was: RegionView, is: RegionView): Told[] {
  if (was.dns === is.dns) return [];
  const texts = {
    in: "DNS answers with the region again",
    out: "DNS leaves the region out; its places go to the next pool",
    drained: "its endpoints are disabled: DNS sends no new users, those it has are served",
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
      return told(false, "is tried again, with a tenth at first");
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
