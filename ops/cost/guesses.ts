import {LIKE, listsLogs, listsNodes} from "../../cloud/azure/prices.ts";
import {listed} from "../../dns/table.ts";
import type {World} from "../../regions/world.ts";
import {workspaceOf} from "./cost.ts";
import type {Tokens} from "./tokens.ts";

/** What the costs are not sure of, a line each. */
export function guessesOf(world: World, tokens: readonly Tokens[]): string[] {
  const names = world.regions.map(({name}) => name);
  const workspaces = [...new Set(names.map((name) => workspaceOf(world, name)))];
  const estimated = {
    "Nodes and their disks": names.filter((name) => !listsNodes(name)),
    Logs: workspaces.filter((name) => !listsLogs(name)),
  };
  const unpriced = tokens.flatMap(({region, unpriced}) =>
    unpriced.map((name) => `${region}'s ${name}`),
  );
  return [
    ...Object.entries(estimated).flatMap(([what, where]) =>
      where.length > 0
        ? [`ESTIMATED: ${what} in ${listed(where, 12)} are priced as in ${LIKE}: no list has them.`]
        : [],
    ),
    ...(unpriced.length > 0
      ? [
          `LEFT OUT: tokens of ${listed(unpriced, 12)}: provisioned, or a model without a price here.`,
        ]
      : []),
  ];
}
