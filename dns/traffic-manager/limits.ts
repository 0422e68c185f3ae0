import type {Profile} from "./profile.ts";

/**
 * Azure's limits for profiles in a subscription, endpoints in a profile and levels of nesting:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits
 */
export const LIMITS = {profiles: 200, endpoints: 200, levels: 10} as const;

/** Throws where Azure would refuse the profiles; names every exceeded limit and its remedy. */
export function refuseBeyondLimits(profiles: readonly Profile[]): void {
  const faults = [...tooMany(profiles), ...tooWide(profiles), ...tooDeep(profiles)];
  if (faults.length === 0) return;
  throw new Error(
    `Traffic Manager cannot hold this plan:\n${faults.map((f) => `  - ${f}`).join("\n")}`,
  );
}

function tooMany(profiles: readonly Profile[]): string[] {
  if (profiles.length <= LIMITS.profiles) return [];
  return [
    `${profiles.length} profiles, and a subscription has ${LIMITS.profiles}: merge pools that are neighbours (give their regions one pool), or residencies that ask for the same regions`,
  ];
}

function tooWide(profiles: readonly Profile[]): string[] {
  return profiles
    .filter(({endpoints}) => endpoints.length > LIMITS.endpoints)
    .map(
      ({profileName, trafficRoutingMethod, endpoints}) =>
        `${profileName} has ${endpoints.length} endpoints, and a profile has ${LIMITS.endpoints}: ${trafficRoutingMethod === "Weighted" ? "split its pool" : "merge pools that are neighbours"}`,
    );
}

function tooDeep(profiles: readonly Profile[]): string[] {
  const byName = new Map(profiles.map((profile) => [profile.profileName, profile]));
  const levels = (profile: Profile): number =>
    1 +
    Math.max(
      0,
      ...profile.endpoints.map(({child}) => (child === undefined ? 0 : levels(byName.get(child)!))),
    );
  const deepest = Math.max(0, ...profiles.map(levels));
  if (deepest <= LIMITS.levels) return [];
  return [`${deepest} levels of profiles, and ${LIMITS.levels} may be nested: merge the innermost`];
}
