import type {Verdict} from "./gate.ts";
import type {Entry, Stand, Version} from "./journal.ts";
import type {Wave} from "./waves.ts";

/** What a rollout does by. */
export interface Hands {
  /** What a region's stack runs; undefined where it has not been brought up. */
  versionOf(stack: string): Promise<Version | undefined>;
  /** Brings a stack up, held to a version where one is given. Resolves to what was wrong. */
  up(stack: string, held?: Version): Promise<string | undefined>;
  /** Watches a wave's regions beside others; undefined where it was told to stop. */
  watch(wave: Wave, others: readonly string[]): Promise<Verdict | undefined>;
  /** Whether a region that was brought back serves; resolves to what is wrong. */
  serves(stack: string): Promise<string | undefined>;
  record(entry: Entry): void;
  say(line: string): void;
  /** Whether someone asked it to stop. */
  readonly stopped: boolean;
}

export type How = "done" | "failed" | "paused";

/**
 * Changes wave after wave, each judged before the next. One that fails goes back, and ends it. Goes on
 * from where `stand` says, and knows from `good` what a wave that is under way ran before.
 */
export async function rollOut(
  stand: Stand,
  {
    good,
    regions,
    hands,
  }: {
    readonly good: ReadonlyMap<string, Version>;
    /** Names of all regions: other stacks have nothing to be watched. */
    readonly regions: readonly string[];
    readonly hands: Hands;
  },
): Promise<How> {
  const {say, record} = hands;
  const changed = stand.waves.slice(0, stand.wave).flat();
  for (let at = stand.wave; at < stand.waves.length; at++) {
    const how = await advance(at, stand.waves[at]!);
    if (how) return how;
  }
  return end("done");

  /** Resolves to how the rollout ends with this wave; undefined where it has passed. */
  async function advance(at: number, wave: Wave): Promise<How | undefined> {
    const isUnderWay = at === stand.wave && stand.entered;
    const before = isUnderWay ? good : await enter(at, wave);
    if (isUnderWay && stand.failed) return goBack(wave, before);
    if (hands.stopped) return pause();
    say(`wave ${at + 1} of ${stand.waves.length}: ${wave.join(", ")}`);
    const verdict = await change(wave);
    if (!verdict || hands.stopped) return pause();
    for (const line of verdict.seen) say(`  ${line}`);
    if (verdict.how === "passed") return pass(at, wave);
    const hasBefore = wave.some((stack) => before.has(stack));
    if (verdict.how === "held" || !hasBefore) return pause(verdict.seen);
    record({did: "fail", wave: at, seen: verdict.seen});
    return goBack(wave, before);
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

  async function enter(at: number, wave: Wave): Promise<ReadonlyMap<string, Version>> {
    const before = new Map(good);
    for (const stack of wave.filter((name) => regions.includes(name) && !good.has(name))) {
      const version = await hands.versionOf(stack);
      if (version) before.set(stack, version);
    }
    const own = wave.flatMap((stack) => (before.has(stack) ? [[stack, before.get(stack)!]] : []));
    record({did: "enter", wave: at, before: Object.fromEntries(own)});
    return before;
  }

  /** Brings the wave up, and has its regions watched. */
  async function change(wave: Wave) {
    const faults = await Promise.all(wave.map((stack) => hands.up(stack)));
    const seen = wave.flatMap((stack, at) => (faults[at] ? [`${stack}: ${faults[at]}`] : []));
    if (seen.length > 0) return {how: "failed", seen} satisfies Verdict;
    if (hands.stopped) return undefined;
    const watched = wave.filter((name) => regions.includes(name));
    if (watched.length === 0) return {how: "passed", seen: []} satisfies Verdict;
    const others = regions.filter((name) => !wave.includes(name));
    const unchanged = others.filter((name) => !changed.includes(name));
    // Beside the last there are only those that were changed before, and passed.
    return hands.watch(watched, unchanged.length > 0 ? unchanged : others);
  }

  /** The rollout has failed; it waits to be resumed where a region could not be brought back. */
  async function goBack(wave: Wave, before: ReadonlyMap<string, Version>): Promise<How> {
    const faults = await Promise.all(wave.map((stack) => bringBack(stack, before.get(stack))));
    const seen = faults.filter((fault) => fault !== undefined);
    return seen.length > 0 ? pause(seen) : end("failed");
  }

  async function bringBack(stack: string, version: Version | undefined) {
    if (!version) return undefined;
    say(`${stack}: goes back to ${version.image}`);
    const fault = await hands.up(stack, version);
    if (fault) {
      say(`${stack}: could not be brought back: ${fault}`);
      return `${stack}: ${fault}`;
    }
    record({did: "return", stack});
    const ill = await hands.serves(stack);
    say(`${stack}: ${ill ? `is back, and does not serve yet: ${ill}` : "is back, and serves"}`);
    return undefined;
  }
}
