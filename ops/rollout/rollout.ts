import type {Verdict} from "./gate.ts";
import type {Entry, Stand, Version} from "./journal.ts";
import type {Wave} from "./waves.ts";

/** What a rollout can do to the world, and how it tells of it. */
export interface RolloutActions {
  /** What a region's stack runs; undefined where it has not been brought up. */
  versionOf(stack: string): Promise<Version | undefined>;
  /** Brings a stack up, held to a version if one is given. Resolves to what was wrong. */
  up(stack: string, held?: Version): Promise<string | undefined>;
  /** Watches a wave's regions beside others; undefined if it was told to stop. */
  watch(wave: Wave, others: readonly string[]): Promise<Verdict | undefined>;
  /** Waits until a region that was brought back serves; resolves to what is wrong if it does not. */
  serves(stack: string): Promise<string | undefined>;
  record(entry: Entry): void;
  say(line: string): void;
  /** Whether someone asked the rollout to stop. */
  readonly stopped: boolean;
}

export type How = "done" | "failed" | "paused";

type Before = ReadonlyMap<string, Version>;

/**
 * Changes wave after wave, and judges each before the next. A wave that fails goes back, and ends the
 * rollout. It goes on from where `stand` says, and knows from `good` what a wave under way ran before.
 */
export async function rollOut(
  stand: Stand,
  {
    good,
    regions,
    actions,
  }: {
    readonly good: Before;
    /** Names of all regions: of other stacks there is nothing to watch. */
    readonly regions: readonly string[];
    readonly actions: RolloutActions;
  },
): Promise<How> {
  const {say, record} = actions;
  const changed = stand.waves.slice(0, stand.wave).flat();
  for (let at = stand.wave; at < stand.waves.length; at++) {
    const how = await advance(at, stand.waves[at]!);
    if (how) return how;
  }
  return end("done");

  /** Resolves to how the rollout ends with this wave; undefined if the wave has passed. */
  async function advance(at: number, wave: Wave): Promise<How | undefined> {
    const isUnderWay = at === stand.wave && stand.entered;
    const before = isUnderWay ? good : await enter(at, wave);
    if (isUnderWay && stand.failed) return goBack(wave, before);
    if (actions.stopped) return pause();
    say(`wave ${at + 1} of ${stand.waves.length}: ${wave.join(", ")}`);
    const verdict = await change(wave);
    if (!verdict || actions.stopped) return pause();
    return conclude(at, wave, verdict, before);
  }

  /** Writes down what the wave's regions run before anything changes. */
  async function enter(at: number, wave: Wave): Promise<Before> {
    const before = new Map(good);
    for (const stack of wave.filter((name) => regions.includes(name) && !good.has(name))) {
      const version = await actions.versionOf(stack);
      if (version) before.set(stack, version);
    }
    const own = wave.flatMap((stack) => (before.has(stack) ? [[stack, before.get(stack)!]] : []));
    record({did: "enter", wave: at, before: Object.fromEntries(own)});
    return before;
  }

  /** Brings the wave up, and has its regions watched. */
  async function change(wave: Wave): Promise<Verdict | undefined> {
    const faults = await Promise.all(wave.map((stack) => actions.up(stack)));
    const seen = wave.flatMap((stack, at) => (faults[at] ? [`${stack}: ${faults[at]}`] : []));
    if (seen.length > 0) return {how: "failed", seen};
    if (actions.stopped) return undefined;
    const watched = wave.filter((name) => regions.includes(name));
    return watched.length === 0 ? {how: "passed", seen: []} : actions.watch(watched, besides(wave));
  }

  /** Regions to compare a wave with: unchanged ones, or, beside the last wave, those that have passed. */
  function besides(wave: Wave): readonly string[] {
    const others = regions.filter((name) => !wave.includes(name));
    const unchanged = others.filter((name) => !changed.includes(name));
    return unchanged.length > 0 ? unchanged : others;
  }

  async function conclude(at: number, wave: Wave, {how, seen}: Verdict, before: Before) {
    for (const line of seen) say(`  ${line}`);
    if (how === "passed") return pass(at, wave);
    const hasBefore = wave.some((stack) => before.has(stack));
    if (how === "held" || !hasBefore) return pause(seen);
    record({did: "fail", wave: at, seen});
    return goBack(wave, before);
  }

  /** The rollout has failed; it waits to be resumed if a region could not be brought back. */
  async function goBack(wave: Wave, before: Before): Promise<How> {
    const faults = await Promise.all(wave.map((stack) => bringBack(stack, before.get(stack))));
    const seen = faults.filter((fault) => fault !== undefined);
    return seen.length > 0 ? pause(seen) : end("failed");
  }

  async function bringBack(stack: string, version: Version | undefined) {
    if (!version) return undefined;
    say(`${stack}: goes back to ${version.image}`);
    const fault = await actions.up(stack, version);
    if (fault) {
      say(`${stack}: could not be brought back: ${fault}`);
      return `${stack}: ${fault}`;
    }
    record({did: "return", stack});
    const ill = await actions.serves(stack);
    say(`${stack}: ${ill ? `is back, and does not serve yet: ${ill}` : "is back, and serves"}`);
    return undefined;
  }

  function pass(at: number, wave: Wave): undefined {
    record({did: "pass", wave: at});
    changed.push(...wave);
  }

  function pause(seen: readonly string[] = []): How {
    record({did: "pause", seen});
    return "paused";
  }

  function end(how: "done" | "failed"): How {
    record({did: "end", how});
    return how;
  }
}
