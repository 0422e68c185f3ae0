/** A minor version of Kubernetes as AKS supports it. Preflight asks Azure itself. */
export interface Minor {
  /** From this day on it is generally available. */
  readonly begins: string;
  /** After this day it has neither fixes nor support, and no cluster is made of it. */
  readonly ends: string;
}

/**
 * By version. learn.microsoft.com/azure/aks/supported-kubernetes-versions (2026-08-05): a month there is its last day.
 * 1.37 is generally available since the release notes of 2026-10-25.
 */
export const minors: Readonly<Record<string, Minor>> = {
  "1.33": {begins: "2025-06-30", ends: "2026-07-31"},
  "1.34": {begins: "2025-11-30", ends: "2026-11-30"},
  "1.35": {begins: "2026-03-31", ends: "2027-03-31"},
  "1.36": {begins: "2026-06-30", ends: "2027-06-30"},
  "1.37": {begins: "2026-10-25", ends: "2027-10-31"},
};

/** The day as of which the table is known to be true. */
export const KNOWN_AS_OF = "2026-11-25";

export const minorOf = (version: string): Minor | undefined =>
  Object.hasOwn(minors, version) ? minors[version] : undefined;

/** `1.36` of `1.36.4`. */
export const withoutPatch = (version: string): string => version.split(".").slice(0, 2).join(".");

/** How many minor versions lie between two; below zero where the second is the older. */
export function minorsBetween(from: string, to: string): number {
  const [one, other] = [from, to].map((version) => Number(version.split(".")[1]));
  return other! - one!;
}

/** The minor version after this one. */
export const nextMinor = (version: string): string => `1.${Number(version.split(".")[1]) + 1}`;

/** The versions that AKS makes clusters of: the newest three that are generally available and not at their end. */
export function creatableOn(day: string): string[] {
  const available = Object.entries(minors).filter(([, {begins}]) => begins <= day);
  return available
    .slice(-3)
    .filter(([, {ends}]) => day <= ends)
    .map(([version]) => version);
}
