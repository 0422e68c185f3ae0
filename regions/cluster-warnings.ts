import {dayAt, daysUntil} from "./day.ts";
import {creatableOn, minorOf, minors, nextMinor} from "./kubernetes.ts";
import type {World} from "./world.ts";

/** Enough for a region after another, and for a minor version after another. */
const NOTICE_DAYS = 90;

/** What is to be said of the versions of Kubernetes that regions ask for: once for all regions of a version. */
export function clusterWarnings({regions}: World, nowMs: number): string[] {
  const versions = Map.groupBy(regions, ({cluster}) => cluster.version);
  return [...versions].flatMap(([version, all]) => {
    const names = all.map(({name}) => name).join(", ");
    return versionWarnings(version, nowMs).map(
      (text) => `Kubernetes ${version} of ${names}: ${text}`,
    );
  });
}

function versionWarnings(version: string, nowMs: number): string[] {
  const minor = minorOf(version);
  if (!minor)
    return [
      `AKS is not known to support it, but ${Object.keys(minors).join(", ")}; ask npm run preflight`,
    ];
  const days = daysUntil(minor.ends, nowMs);
  const mend = `upgrade to ${nextMinor(version)}: docs/operations.md`;
  if (days <= 0) return [`AKS ended its support on ${minor.ends}; ${mend}`];
  const made = creatableOn(dayAt(nowMs)).includes(version)
    ? ""
    : ", and makes no new cluster of it";
  if (days > NOTICE_DAYS && made === "") return [];
  return [`AKS supports it for ${days} more days, until ${minor.ends}${made}; ${mend}`];
}
