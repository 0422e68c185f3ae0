import type {View} from "../cloud.ts";

interface Parent {
  readonly endpoints?: readonly {readonly targetResourceId?: string}[];
}

/** https://learn.microsoft.com/azure/traffic-manager/traffic-manager-nested-profiles: no loops, ten levels. */
const LEVELS = 10;

/** What is wrong with the profiles that a profile has in it, by way of others too. */
export function checkNesting(profile: Parent, {id, find}: View): string[] {
  let level: readonly Parent[] = [profile];
  for (let depth = 1; level.length > 0; depth++) {
    const ids = level.flatMap(({endpoints = []}) =>
      endpoints.flatMap(({targetResourceId}) => targetResourceId ?? []),
    );
    if (ids.includes(id)) return ["BadRequest: the profile would be nested in itself."];
    if (depth === LEVELS && ids.length > 0)
      return [`BadRequest: profiles are nested in more than ${LEVELS} levels.`];
    level = ids.flatMap((id) => find(id)?.inputs ?? []) as readonly Parent[];
  }
  return [];
}
