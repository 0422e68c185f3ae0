import {privateAnswers, privateChanges, privateReport} from "../../dns/private.ts";
import type {World} from "../../regions/world.ts";
import {UsageError} from "../command/arguments.ts";

/** What is said by place, or written for names of the Internet, which an internal entrance has none of. */
const OF_PUBLIC = ["place", "map", "octodns", "lost"] as const;

export type InsideValues = Readonly<Partial<Record<(typeof OF_PUBLIC)[number], unknown>>> & {
  readonly json?: boolean | undefined;
};

/** Who answers whose networks at internal entrances; what differs from `base`, where that is given. */
export function shownInside(world: World, base: World | undefined, values: InsideValues): string {
  const option = OF_PUBLIC.find((name) => values[name] !== undefined);
  if (option !== undefined)
    throw new UsageError(
      `--${option} is of public names, and the entrance is internal; npm run dns shows who answers whose networks`,
    );
  const changes = base && privateChanges(base, world);
  if (values.json) return `${JSON.stringify(changes ?? privateAnswers(world), null, 2)}\n`;
  if (!changes) return privateReport(world);
  return `${changes.join("\n") || "No network moves, and no takeover changes."}\n`;
}
