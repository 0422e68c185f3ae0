import type {Stand} from "./journal.ts";

export type Beginning = Omit<Stand, "wave" | "entered" | "failed" | "ended">;

/**
 * Where a rollout begins: at the first wave, or where the last one stopped. Throws if there is nothing to
 * resume, if what is rolled out has changed since, or if the last rollout waits to be resumed.
 */
export function standToBegin({
  last,
  beginning,
  resume,
  anew,
}: {
  readonly last: Stand | undefined;
  /** What would be rolled out now. */
  readonly beginning: Beginning;
  readonly resume: boolean;
  readonly anew: boolean;
}): Stand {
  const open = last && !last.ended ? last : undefined;
  if (!resume) {
    if (open && !anew)
      throw new Error(
        `the rollout of ${open.id} stopped at ${whereIs(open)}; go on with it by --resume, or begin another by --anew`,
      );
    return {...beginning, wave: 0, entered: false, failed: undefined, ended: undefined};
  }
  if (!open)
    throw new Error("no rollout was interrupted here: leave out --resume, or name its --journal");
  if (open.source !== beginning.source)
    throw new Error(
      `regions.yaml or the proxies' code is not what the rollout of ${open.id} began with; check that out, or begin another by --anew`,
    );
  return open;
}

const whereIs = ({wave, waves}: Stand) =>
  `wave ${wave + 1} of ${waves.length}, ${(waves[wave] ?? ["its end"]).join(", ")}`;
